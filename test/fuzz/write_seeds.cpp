// SPDX-License-Identifier: BSL-1.0
// Asks a server for values worth to begin with, in binary, and prints them as test/fuzz/seeds.txt has them: what a line is for,
// its bytes in hexadecimal, and the expression.
#include "support/libpq_session.hpp"

#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/testing/server_options.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using pgcoro::test::libpq_session;
using result_handle = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::string_view make_types[] = {
    "set client_min_messages = warning",
    "set timezone = 'UTC'",
    "set lc_monetary = 'C'",
    "create type mood as enum ('sad', 'light blue', 'furious')",
    "create type place as (number int, street text)",
    "create domain positive as int check (value > 0)",
    "create domain int_list as int[]",
    "create type floatrange as range (subtype = float8, multirange_type_name = floatmultirange)",
    "create extension citext",
    "create extension ltree",
    "create extension hstore",
    "create table seeds (id int primary key, t text, m mood); create publication seeds for table seeds",
};

/// The numbers that test/fuzz/user_types.hpp gives to types; those of their arrays are the next ones.
constexpr std::pair<std::string_view, std::uint32_t> fixed_numbers[] = {
    {"mood", 16400},     {"place", 16402},      {"positive", 16404},
    {"int_list", 16406}, {"floatrange", 16408}, {"floatmultirange", 16410},
    {"citext", 16412},   {"ltree", 16414},      {"hstore", 16416},
};

constexpr std::string_view values[] = {
    "true",
    "1::int2",
    "-2::int4",
    "9223372036854775807::int8",
    "42::oid",
    "'NaN'::float4",
    "-0.5::float4",
    "'-Infinity'::float8",
    "1e-300::float8",
    "0::numeric",
    "-12.50::numeric",
    "1e131071::numeric",
    "1e-16383::numeric",
    "'NaN'::numeric",
    "'-Infinity'::numeric",
    "18446744073709551615::numeric",
    "123456789012345678901234567890.00001::numeric",
    "'12.34'::money",
    "'text'::text",
    "''::varchar",
    "'ab'::char(4)",
    "'name'::name",
    "'c'::\"char\"",
    "''::\"char\"",
    "'<a/>'::xml",
    "'\\x00ff5c'::bytea",
    "'01234567-89ab-cdef-0123-456789abcdef'::uuid",
    "b'100000011'",
    "b'1'::varbit",
    "''::varbit",
    "'[1, 2.5, null]'::json",
    "'{\"a\": [1, \"\\u00e4\", {\"b\": true}]}'::jsonb",
    "'$.a[*] ? (@ > 1)'::jsonpath",
    "'2024-02-29'::date",
    "'4714-11-24 BC'::date",
    "'5874897-12-31'::date",
    "'infinity'::date",
    "'2024-02-29 12:34:56.789012'::timestamp",
    "'-infinity'::timestamp",
    "'294276-12-31 23:59:59.999999'::timestamptz",
    "'12:34:56.7'::time",
    "'24:00'::time",
    "'12:00:00+05:30:15'::timetz",
    "'1 year -2 mons 3 days -04:05:06.07'::interval",
    "'192.168.0.5/24'::inet",
    "'2001:db8::1'::inet",
    "'10.0.0.0/8'::cidr",
    "'::/0'::cidr",
    "'08:00:2b:01:02:03'::macaddr",
    "'08:00:2b:01:02:03:04:05'::macaddr8",
    "'(1,-2.5)'::point",
    "'{1,2,3}'::line",
    "'[(1,2),(3,4)]'::lseg",
    "'(3,4),(1,2)'::box",
    "'[(1,2),(3,4)]'::path",
    "'((1,2),(3,4))'::path",
    "'((0,0),(1,0),(1,1))'::polygon",
    "'<(1,2),3.5>'::circle",
    "'fat:2,4A cat:3 rat'::tsvector",
    "'fat & (cat:*B | !rat) <2> dog'::tsquery",
    "''::tsquery",
    "'7'::xid",
    "'7'::xid8",
    "'7'::cid",
    "'(1,2)'::tid",
    "'16/B374D848'::pg_lsn",
    "'pg_class'::regclass",
    "'1 2 3'::int2vector",
    "'1 2'::oidvector",
    "array[true, false]",
    "array[1, null, 3]",
    "array[[1::int8, 2], [3, 4]]",
    "'{}'::int4[]",
    "'[0:1][5:6]={{1,2},{3,4}}'::int4[]",
    "array[[[[[[1, 2]]]]]]",
    "array[0.5::float8, 1]",
    "array[['a', 'b \"c\"'], ['', null]]",
    "array[1.5, 'NaN', null]::numeric[]",
    "array['(1,2),(3,4)'::box, null]",
    "array['[(1,2)]'::path]",
    "array['10.0.0.1'::inet]",
    "array['\\x01'::bytea, '']",
    "array[row(1, row('a'::text, array[2]))]",
    "'[1,5)'::int4range",
    "'(,5)'::int4range",
    "'empty'::int4range",
    "'[1.5,)'::numrange",
    "tsrange('2024-01-01', '2024-01-02', '(]')",
    "tstzrange('2024-01-01', null)",
    "daterange('2024-01-01', '2024-02-01')",
    "int8multirange(int8range(1, 3), int8range(5, null))",
    "'{}'::int4multirange",
    "datemultirange(daterange(null, '2024-01-01'))",
    "array[tsrange('2024-01-01', '2024-01-02')]",
    "row()",
    "row(1, 'a \"b\" (c)'::text, null::int)",
    "row(row(row('x'::text)))",
    "'light blue'::mood",
    "array['sad'::mood, null]",
    "row(7, 'Elm')::place",
    "row(null, null)::place",
    "array[row(7, 'Elm \"Street\"')::place]",
    "array[1, 2]::positive[]",
    "array['{1,2}'::int_list]",
    "row(1::positive, '{}'::int_list)",
    "'[0.25,0.5)'::floatrange",
    "'{[0.25,0.5),[1,)}'::floatmultirange",
    "array['{[0.25,0.5)}'::floatmultirange]",
    "'Ab'::citext",
    "'top.science'::ltree",
    "'a=>1, b=>NULL'::hstore",
    "array['a=>1'::hstore]",
};

/// The names are those of test/fuzz/rows.cpp.
constexpr std::string_view rows[] = {
    "select 7::int8 as id",
    "select 'text'::text as name",
    "select 1::int4 as id, null::text as name union all select 2, 'b'",
    "select 1.5::numeric as id, array[1, null, 3] as name",
    "select 'Ada'::text as name, 12.50::numeric as price, 1::int8 as id",
    "select 1::int4 as number, row(7, 'Elm')::place as where",
    "select 1::int8 as id, 'Ada'::text as name, null::numeric as price, 2::int4 as number, null::place as where",
    "select null::int8 as id, null::text as name, null::numeric as price, 2::int4 as number, row(1, 'a')::place as where",
    "select '2024-02-29'::timestamptz as id, '{\"a\": 1}'::jsonb as name, '\\x00ff'::bytea as price, 'sad'::mood as number",
};
/// For test/fuzz/copies.cpp.
constexpr std::string_view copies[] = {
    "select 7::int8",
    "select 0.5::float4 where false",
    "select 1::int2 union all select null",
    "select 'text'::varchar union all select ''",
    "select 'light blue'::mood",
    "select array[1, null, 3]",
    "select 1::int4, 'a'::text union all select null, null",
    "select 12.50::numeric, array['a', null]::varchar[]",
    "select 1::int2, row(7, 'Elm')::place union all select 2, null",
};
/// For test/fuzz/changes.cpp: each is a transaction, or several.
constexpr std::string_view changes[] = {
    "insert into seeds values (1, 'one', 'sad')",
    "update seeds set id = 2; delete from seeds",
    "insert into seeds values (3, repeat('x', 100)); update seeds set m = 'furious'; truncate seeds",
    "alter table seeds replica identity full; insert into seeds values (4); update seeds set t = 'four'; delete from seeds",
    "select pg_logical_emit_message(true, 'prefix', 'content')",
};
constexpr std::string_view row_names[] = {"id", "name", "price", "number", "where"};

std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(number >> shift & 0xff));
    }
    return bytes;
}

class seed_writer {
public:
    explicit seed_writer(const std::string& dsn) : session_(dsn) {
        for (const auto sql : make_types) {
            if (const auto answer = session_.value(std::string(sql)); !answer.empty() && answer.starts_with("<error>")) {
                throw std::runtime_error(answer);
            }
        }
        for (const auto& [name, number] : fixed_numbers) {
            replace(std::string(name), number);
            replace(std::string(name) + "[]", number + 1);
        }
    }

    void write_value(std::string_view expression) {
        const auto result = ask("select " + std::string(expression));
        print("value", type(result, 0) + value(result, 0, 0), expression);
    }

    /// As test/fuzz/rows.cpp reads them.
    void write_rows(std::string_view sql) {
        const auto result = ask(sql);
        const int columns = PQnfields(result.get());
        std::string bytes(1, static_cast<char>(columns));
        for (int column = 0; column < columns; ++column) {
            const auto* const name = std::ranges::find(row_names, std::string_view(PQfname(result.get(), column)));
            bytes += type(result, column);
            bytes += static_cast<char>(2 * std::distance(std::begin(row_names), name));
        }
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            for (int column = 0; column < columns; ++column) {
                const auto sent = value(result, row, column);
                bytes += PQgetisnull(result.get(), row, column) ? '\xff' : static_cast<char>(sent.size());
                bytes += sent;
            }
        }
        print("rows", bytes, sql);
    }

    /// As test/fuzz/copies.cpp reads them.
    void write_copy(std::string_view sql) {
        const auto columns = ask(std::string(sql) + " limit 0");
        const int count = PQnfields(columns.get());
        constexpr char size_of_pieces = 5;
        std::string bytes(1, static_cast<char>(count));
        for (int column = 0; column < count; ++column) {
            bytes += type(columns, column);
        }
        bytes += size_of_pieces;
        const result_handle begun(
            PQexec(session_.native(), ("copy (" + std::string(sql) + ") to stdout (format binary)").c_str()), PQclear);
        char* message = nullptr;
        for (int size = 0; (size = PQgetCopyData(session_.native(), &message, 0)) > 0; PQfreemem(message)) {
            bytes += with_fixed_numbers(std::string(message, static_cast<std::size_t>(size)));
        }
        PQclear(PQgetResult(session_.native()));
        print("copy", bytes, sql);
    }

    /// As test/fuzz/changes.cpp reads them: with values in binary, as text, and as a server streams what is large.
    void write_changes(std::string_view sql) {
        ask("select pg_create_logical_replication_slot('seeds', 'pgoutput')");
        session_.value(std::string(sql));
        print("changes", changes_sent("true", with_length), sql);
        print("changes", changes_sent("false", with_length), sql);
        print("changes", changes_sent("true", streamed), sql);
        ask("select pg_drop_replication_slot('seeds')");
    }

private:
    std::string changes_sent(std::string_view in_binary, std::string (*written)(const std::string& message)) {
        const auto sent = ask("select data from pg_logical_slot_peek_binary_changes('seeds', null, null, 'proto_version', '1', "
                              "'publication_names', 'seeds', 'messages', 'true', 'binary', '" +
                              std::string(in_binary) + "')");
        std::string bytes;
        for (int row = 0; row < PQntuples(sent.get()); ++row) {
            bytes += written(value(sent, row, 0));
        }
        return bytes;
    }
    static std::string with_length(const std::string& message) {
        return big_endian(static_cast<std::uint32_t>(message.size())).substr(2) + message;
    }
    /// In a block.
    static std::string streamed(const std::string& message) {
        const std::string transaction = big_endian(7);
        const std::string rest = message.substr(1);
        switch (message[0]) {
        case 'B': return with_length('S' + transaction + '\1');
        case 'C': return with_length("E") + with_length('c' + transaction + rest);
        default: return with_length(message[0] + transaction + rest);
        }
    }

    void replace(const std::string& name, std::uint32_t number) {
        const auto given = std::stoul(session_.value("select '" + name + "'::regtype::oid"));
        replacements_.emplace_back(big_endian(static_cast<std::uint32_t>(given)), big_endian(number));
    }

    result_handle ask(std::string_view sql) {
        constexpr int binary = 1;
        result_handle result(
            PQexecParams(session_.native(), std::string(sql).c_str(), 0, nullptr, nullptr, nullptr, nullptr, binary), PQclear);
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
            throw std::runtime_error(std::string(sql) + ": " + session_.complaint());
        }
        return result;
    }

    // In one go: a number given by the server can be one of the fixed numbers, too.
    std::string with_fixed_numbers(const std::string& bytes) const {
        std::string fixed;
        while (fixed.size() < bytes.size()) {
            const auto rest = std::string_view(bytes).substr(fixed.size());
            const auto known =
                std::ranges::find_if(replacements_, [&](const auto& pair) { return rest.starts_with(pair.first); });
            fixed += known != replacements_.end() ? std::string_view(known->second) : rest.substr(0, 1);
        }
        return fixed;
    }

    /// Sixteen bits.
    std::string type(const result_handle& result, int column) const {
        return with_fixed_numbers(big_endian(PQftype(result.get(), column))).substr(2);
    }

    std::string value(const result_handle& result, int row, int column) const {
        const auto size = static_cast<std::size_t>(PQgetlength(result.get(), row, column));
        return with_fixed_numbers(std::string(PQgetvalue(result.get(), row, column), size));
    }

    static void print(std::string_view kind, std::string_view bytes, std::string_view origin) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::cout << kind << ' ';
        for (const char c : bytes) {
            const auto byte = static_cast<unsigned char>(c);
            std::cout << digits[byte >> 4U] << digits[byte & 15U];
        }
        std::cout << ' ' << origin << '\n';
    }

    libpq_session session_;
    std::vector<std::pair<std::string, std::string>> replacements_;
};

} // namespace

int main() {
    try {
        pgcoro::testing::server_options options;
        options.settings = {{"wal_level", "logical"}};
        const auto server = pgcoro::testing::ephemeral_server::create(options);
        seed_writer writer(server.value().dsn());
        std::cout << "# SPDX-License-Identifier: BSL-1.0\n"
                     "# Written by fuzz_seeds: what for, the bytes, and the expression they are the value of.\n";
        for (const auto expression : values) {
            writer.write_value(expression);
        }
        for (const auto sql : rows) {
            writer.write_rows(sql);
        }
        for (const auto sql : copies) {
            writer.write_copy(sql);
        }
        for (const auto sql : changes) {
            writer.write_changes(sql);
        }
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}
