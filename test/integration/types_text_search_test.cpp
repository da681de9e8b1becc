// SPDX-License-Identifier: BSL-1.0
// tsvector, tsquery and jsonpath, to the server and back.
#include "types_fixture.hpp"

#include <string>

namespace {

using pgcoro::tsvector;
using types = pgcoro::test::types_fixture;

using lexeme = tsvector::lexeme;
using position = tsvector::position;

TEST_F(types, text_search_vectors) {
    const tsvector cats({lexeme("cat", {position(3, 'A'), position(5)}),
                         lexeme("fat", {position(2, 'C'), position(16383, 'B')}), lexeme("it's", {}),
                         lexeme("x\\y", {position(1)})});
    expect_same_everywhere(cats, to_string(cats), "tsvector");
    expect_same_everywhere(tsvector(), "", "tsvector");
    EXPECT_EQ(printed(tsvector({lexeme("b"), lexeme("a")})), "'a' 'b'");
}

TEST_F(types, text_search_vectors_print_like_the_server) {
    for (const std::string expression :
         {"to_tsvector('english', 'The fat cats sat on a mat and ate a fat rat')",
          "setweight(to_tsvector('simple', 'a b a'), 'A')", "to_tsvector('simple', repeat('a ', 300))",
          "'''it''''s'':1,2B \\\\\\\\ gr\xc3\xbc\xc3\x9f'::tsvector", "strip(to_tsvector('a b'))"}) {
        const auto value = read<tsvector>(expression);
        ASSERT_TRUE(value.has_value()) << value.error().message();
        EXPECT_EQ(to_string(value.assume_value()), read<std::string>("(" + expression + ")::text").value());
        EXPECT_EQ(printed(value.assume_value()), to_string(value.assume_value()));
    }
}

TEST_F(types, text_search_queries) {
    for (const std::string query : {"'a'", "'fat' & ( 'cat':* | !'rat':A )", "!( 'a' & 'b' )", "!!'a'", "'a' <-> 'b' <-> 'c'",
                                    "'a' <3> ( 'b' <-> 'c' )", "( 'a' | 'b' ) <-> 'c'", "'it''s':*AB | 'x\\\\y'",
                                    "'a' & 'b' & 'c' | 'd' & !'e'", "'a' & ( 'b' & 'c' )", "!( 'a' <-> 'b' )"}) {
        const std::string literal = pgcoro::quote_literal(query).value() + "::tsquery";
        const auto value = read<pgcoro::tsquery>(literal);
        ASSERT_TRUE(value.has_value()) << value.error().message();
        EXPECT_EQ(to_string(value.assume_value()), read<std::string>("(" + literal + ")::text").value());
        EXPECT_EQ(printed(value.assume_value()), to_string(value.assume_value()));
    }
    const auto query = read<pgcoro::tsquery>("to_tsquery('simple', 'fat & (cat:* | !rat:A)')").value();
    expect_same_everywhere(query, "'fat' & ( 'cat':* | !'rat':A )", "tsquery");
}

// Every server sends an empty one, and some releases refuse to be sent it: 15.18 and 17.11, but not 15.20.
TEST_F(types, text_search_query_that_is_empty) {
    EXPECT_EQ(read<pgcoro::tsquery>("''::tsquery").value(), pgcoro::tsquery());
    if (const auto sent = run(connection_.execute("select $1", pgcoro::tsquery()))) {
        expect_same_everywhere(pgcoro::tsquery(), "", "tsquery");
    } else {
        EXPECT_EQ(sent.error(), pgcoro::sqlstate::internal_error);
    }
}

TEST_F(types, json_paths) {
    expect_same_everywhere(pgcoro::jsonpath("$.\"a\"[*]?(@ > 1)"), "$.\"a\"[*]?(@ > 1)", "jsonpath");
    EXPECT_EQ(printed(pgcoro::jsonpath("$ .a")), "$.\"a\"");
}

} // namespace
