// SPDX-License-Identifier: BSL-1.0
#include "csv_parser.hpp"

#include <gtest/gtest.h>

namespace etl {
namespace {

/// Records as text: "1:a|b" for each, NULL as "-", a fault as "3!why", and whether a quote is open at the end.
std::string parsed(std::string_view bytes, csv_format format = {}, std::size_t piece = std::string_view::npos) {
    csv_parser parser(std::move(format));
    std::vector<csv_record> records;
    while (!bytes.empty()) {
        parser.feed(bytes.substr(0, piece), records);
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    parser.finish(records);
    const auto open = parser.open_quote();
    std::string text;
    for (const auto& r : records) {
        text += (text.empty() ? "" : " ") + std::to_string(r.line) + (r.fault.empty() ? ":" : "!" + r.fault);
        for (std::size_t i = 0; i < r.fields.size(); ++i) {
            text += (i == 0 ? "" : "|") + r.fields[i].value_or("-");
        }
    }
    return open ? text + (text.empty() ? "" : " ") + "open since " + std::to_string(*open) : text;
}

TEST(csv_parser, separates_fields_and_records) { EXPECT_EQ(parsed("a,b\nc,d\n"), "1:a|b 2:c|d"); }
TEST(csv_parser, takes_both_kinds_of_line_ends) { EXPECT_EQ(parsed("a,b\r\nc,d\n\r\n"), "1:a|b 2:c|d 3:-"); }
TEST(csv_parser, needs_no_end_of_the_last_line) {
    EXPECT_EQ(parsed("a,b"), "1:a|b");
    EXPECT_EQ(parsed("a,"), "1:a|-");
    EXPECT_EQ(parsed("a,\"b\""), "1:a|b");
    EXPECT_EQ(parsed("a\r"), "1:a");
    EXPECT_EQ(parsed(""), "");
}
TEST(csv_parser, keeps_what_is_quoted) {
    EXPECT_EQ(parsed("\"a,b\",\"c\"\"d\",\"\"\n"), "1:a,b|c\"d|");
    EXPECT_EQ(parsed("\"a\r\nb\",c\n"), "1:a\r\nb|c");
}
TEST(csv_parser, counts_the_lines_inside_quotes) { EXPECT_EQ(parsed("\"a\nb\n\",c\nd,e\n"), "1:a\nb\n|c 4:d|e"); }
TEST(csv_parser, tells_an_empty_text_from_null) { EXPECT_EQ(parsed(",\"\",x\n"), "1:-||x"); }
TEST(csv_parser, takes_another_text_for_null) {
    csv_format format;
    format.null = "\\N";
    EXPECT_EQ(parsed("\\N,,\"\\N\"\n", format), "1:-||\\N");
}
TEST(csv_parser, takes_other_delimiters_and_quotes) {
    csv_format format;
    format.delimiter = ';';
    format.quote = '\'';
    EXPECT_EQ(parsed("a;'b;c';\"d\"\n", format), "1:a|b;c|\"d\"");
}
TEST(csv_parser, skips_a_byte_order_mark) {
    EXPECT_EQ(parsed("\xEF\xBB\xBF"
                     "a,b\n"),
              "1:a|b");
    EXPECT_EQ(parsed("\xEF\xBB"
                     "a\n"),
              "1:\xEF\xBB"
              "a");
    EXPECT_EQ(parsed("\xEF\xBB"), "1:\xEF\xBB");
}

TEST(csv_parser, a_fault_takes_only_its_line) {
    EXPECT_EQ(parsed("a\"b,c\nd,e\n"), "1!a quote within a field that is not quoted 2:d|e");
    EXPECT_EQ(parsed("\"a\"b,c\nd,e\n"), "1!text after a quoted field 2:d|e");
    EXPECT_EQ(parsed("a\rb\nd,e\n"), "1!a carriage return that is no line end 2:d|e");
    EXPECT_EQ(parsed("x\ny\"\n"), "1:x 2!a quote within a field that is not quoted");
    EXPECT_EQ(parsed("x\ny\"z"), "1:x 2!a quote within a field that is not quoted");
}
TEST(csv_parser, tells_where_a_quote_begins_that_is_not_closed) {
    EXPECT_EQ(parsed("a,b\nc,\"d\ne,f\n"), "1:a|b open since 2");
    EXPECT_EQ(parsed("\"a\nb\",\"\nc\"\"\n"), "open since 2");
    EXPECT_EQ(parsed("a,\""), "open since 1");
    EXPECT_EQ(parsed("a,\"\"\"\""), "1:a|\"");
}

TEST(csv_parser, tells_of_a_record_that_is_too_long) {
    const auto too_long = [](std::string_view bytes) {
        csv_parser parser({}, 200);
        std::vector<csv_record> records;
        parser.feed(bytes, records);
        return parser.too_long();
    };
    const std::string some(150, 'x');
    EXPECT_EQ(too_long("a,b\n" + some + "\n" + some), std::nullopt);
    EXPECT_EQ(too_long("a,b\nc,\"" + some + "\n" + some), 2u);
    EXPECT_EQ(too_long("a,b\n" + some + "," + some), 2u);
    EXPECT_EQ(too_long("a,b\nc\n" + std::string(50, ',')), 3u);
}

TEST(csv_parser, pieces_may_end_anywhere) {
    const std::string text = "\xEF\xBB\xBF"
                             "a,\"b\"\"\r\nc\",\r\n\"\",x\ry\r\n\nlast";
    const auto whole = parsed(text);
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
        EXPECT_EQ(parsed(text, {}, piece), whole) << piece;
    }
}

} // namespace
} // namespace etl
