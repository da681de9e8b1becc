// SPDX-License-Identifier: BSL-1.0
// The identifiers of objects, transactions and places, "char" and bytea of known size, to the server and back.
#include "types_fixture.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using pgcoro::errc;
using pgcoro::test::shared_server;
using types = pgcoro::test::types_fixture;

TEST_F(types, single_bytes) {
    expect_same_everywhere('a', "a", "\"char\"");
    expect_same_everywhere('\\', "\\", "\"char\"");
    expect_same('\0', "", "\"char\"");
    EXPECT_EQ(read<char>("relkind from pg_class where relname = 'pg_class'").value(), 'r');
    EXPECT_EQ(printed(std::string("x"), "::\"char\""), "x");
}

TEST_F(types, bytes_of_known_number) {
    using four = std::array<std::byte, 4>;
    expect_same_everywhere(four{std::byte{0}, std::byte{1}, std::byte{255}, std::byte{'\\'}}, "\\x0001ff5c", "bytea");
    EXPECT_EQ(read<std::size_t>("length(sha256('x'))").value(),
              (read<std::array<std::byte, 32>>("sha256('x')").value().size()));
    EXPECT_TRUE(read<four>("'\\x00'::bytea").error() == errc::value_out_of_range);
}

/// As the server prints it: PostgreSQL 19 pads the second half.
std::string as_printed(pgcoro::lsn value) {
    auto text = to_string(value);
    const auto half = text.find('/') + 1;
    if (shared_server().server_version() >= 190000) {
        text.insert(half, 8 - (text.size() - half), '0');
    }
    return text;
}

TEST_F(types, identifiers) {
    expect_same_everywhere(pgcoro::object_id(4294967295), "4294967295", "oid");
    expect_same_everywhere(pgcoro::xid(4294967295), "4294967295", "xid");
    expect_same_everywhere(pgcoro::xid8(18446744073709551615u), "18446744073709551615", "xid8");
    expect_same_everywhere(pgcoro::cid(4294967295), "4294967295", "cid");
    expect_same_everywhere(pgcoro::tid(4294967295, 65535), to_string(pgcoro::tid(4294967295, 65535)), "tid");
    for (const pgcoro::lsn value : {pgcoro::lsn(), pgcoro::lsn(0x16b374d848), pgcoro::lsn(~std::uint64_t{0})}) {
        expect_same_everywhere(value, as_printed(value), "pg_lsn");
    }
}

TEST_F(types, identifiers_since_postgresql_19) {
    if (shared_server().server_version() < 190000) {
        GTEST_SKIP() << "this server has no such types";
    }
    expect_same_everywhere(pgcoro::object_id8(18446744073709551615u), "18446744073709551615", "oid8");
    const auto database = read<pgcoro::object_id>("'postgres'::regdatabase").value();
    EXPECT_EQ(printed(database, "::regdatabase"), "postgres");
}

TEST_F(types, identifiers_of_objects) {
    for (const std::string expression :
         {"'pg_class'::regclass", "'int4'::regtype", "'int4in'::regproc", "'lower(text)'::regprocedure",
          "'pg_catalog'::regnamespace", "current_user::regrole", "'english'::regconfig", "'simple'::regdictionary",
          "'\"C\"'::regcollation", "'+(int4,int4)'::regoperator", "'|/'::regoper"}) {
        const auto value = read<pgcoro::object_id>(expression);
        ASSERT_TRUE(value.has_value()) << expression << ": " << value.error().message();
        EXPECT_EQ(std::to_string(value.assume_value().value), read<std::string>("(" + expression + ")::oid::text").value());
    }
    const auto tables = read<std::vector<pgcoro::object_id>>("array['pg_class', 'pg_type']::regclass[]").value();
    EXPECT_EQ(printed(tables, "::regclass[]"), "{pg_class,pg_type}");
    EXPECT_EQ(printed(tables[0], "::regclass"), "pg_class");
}

} // namespace
