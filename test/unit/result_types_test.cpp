// SPDX-License-Identifier: BSL-1.0
// The types that a result's values tell of.
#include "fake_result.hpp"

#include <pgcoro/detail/row_plan.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::oid_number;
using pgcoro::detail::object_key;
using pgcoro::detail::result_view;
using pgcoro::detail::type_catalogue;
using pgcoro::detail::user_type;
using pgcoro::detail::wanted_types;
namespace oids = pgcoro::oids;

constexpr oid_number mood = 20000, item = 20010, item_array = 20011;

std::string big_endian_oid(std::uint32_t value) { return big_endian(static_cast<std::int32_t>(value)); }

std::string field(oid_number type, const std::string& bytes) {
    return big_endian_oid(type) + big_endian_oid(static_cast<std::uint32_t>(bytes.size())) + bytes;
}
std::string null_field(oid_number type) { return big_endian_oid(type) + big_endian_oid(~0u); }
std::string record(std::uint32_t fields, const std::string& bytes) { return big_endian_oid(fields) + bytes; }
std::string array_of_one(oid_number type, const std::string& bytes) {
    return big_endian_oid(1) + big_endian_oid(0) + big_endian_oid(type) + big_endian_oid(1) + big_endian_oid(1) +
           big_endian_oid(static_cast<std::uint32_t>(bytes.size())) + bytes;
}

const type_catalogue& types() {
    static const type_catalogue known = [] {
        user_type t;
        t.oid = item;
        t.array = item_array;
        t.schema = t.name = "item";
        t.kind = 'c';
        t.attributes = {oids::int4};
        return type_catalogue({}, {t});
    }();
    return known;
}

std::vector<oid_number> found(oid_number column, const std::vector<fake_row>& rows, int format = 1) {
    const auto result = fake_result({{"c", column, format}}, rows);
    std::vector<oid_number> all;
    append_types(result_view(result.get(), types()), all);
    return all;
}

TEST(result_types, of_the_columns) {
    EXPECT_EQ(found(oids::int4, {}), std::vector<oid_number>());
    EXPECT_EQ(found(mood, {}), std::vector{mood});
    EXPECT_EQ(found(13000, {}), std::vector<oid_number>{13000});
}

TEST(result_types, of_a_record_and_the_records_in_it) {
    const auto inner = record(2, field(mood, "sad") + field(oids::int4, "1234"));
    EXPECT_EQ(found(oids::record, {{inner}}), std::vector{mood});
    EXPECT_EQ(found(oids::record, {{record(1, field(oids::record, inner))}}), std::vector{mood});
    EXPECT_EQ(found(oids::record_array, {{array_of_one(oids::record, inner)}}), std::vector{mood});
    EXPECT_EQ(found(oids::record, {{record(1, null_field(mood))}}), std::vector{mood}) << "NULL has a type, too";
}

TEST(result_types, of_every_row) {
    EXPECT_EQ(found(oids::record, {{std::nullopt}, {record(1, field(oids::int4, "1234"))}, {record(1, field(mood, "x"))}}),
              std::vector{mood});
}

TEST(result_types, of_a_composite_that_has_other_attributes_than_are_known) {
    const auto value = record(2, field(oids::int4, "1234") + field(mood, "x"));
    EXPECT_EQ(found(item, {{value}}), (std::vector{mood, item}));
    EXPECT_EQ(found(item_array, {{array_of_one(item, value)}}), (std::vector{mood, item, item_array}));
}

TEST(result_types, text_is_not_looked_into) {
    EXPECT_EQ(found(oids::record, {{record(1, field(mood, "x"))}}, 0), std::vector<oid_number>());
}

TEST(result_types, whether_one_is_unknown) {
    const auto is_unknown = [](oid_number column, const std::string& value) {
        const auto result = fake_result({{"c", column}}, {{value}});
        return has_unknown_types(result_view(result.get(), types()));
    };
    EXPECT_FALSE(is_unknown(oids::int4, "1234"));
    EXPECT_FALSE(is_unknown(oids::record, record(1, field(oids::int4, "1234"))));
    EXPECT_FALSE(is_unknown(item, record(1, field(oids::int4, "1234"))));
    EXPECT_TRUE(is_unknown(oids::record, record(1, field(mood, "x"))));
    EXPECT_TRUE(is_unknown(mood, "x"));
}

std::vector<object_key> objects(oid_number column, const std::vector<fake_row>& rows, int format = 1) {
    const auto result = fake_result({{"c", column, format}}, rows);
    wanted_types all;
    append_types(result_view(result.get(), types()), all);
    return all.objects;
}

TEST(result_types, objects_that_values_stand_for) {
    const object_key relation{oids::regclass, 1259};
    const object_key type{oids::regtype, 23};
    const auto bytes = [](const object_key& key) { return big_endian_oid(key.object); };
    EXPECT_EQ(objects(oids::regclass, {{bytes(relation)}, {std::nullopt}, {bytes(relation)}}), std::vector{relation})
        << "each once";
    EXPECT_EQ(objects(oids::regclass, {{big_endian_oid(0)}}), std::vector<object_key>()) << "0 is none";
    EXPECT_EQ(objects(oids::oid, {{bytes(relation)}}), std::vector<object_key>()) << "a number";
    EXPECT_EQ(objects(oids::regclass, {{std::string("pg_class")}}, 0), std::vector<object_key>()) << "text";
    EXPECT_EQ(objects(oids::regtype_array, {{array_of_one(oids::regtype, bytes(type))}}), std::vector{type});
    EXPECT_EQ(objects(oids::anyarray, {{array_of_one(oids::regtype, bytes(type))}}), std::vector{type});
    EXPECT_EQ(objects(oids::record, {{record(2, field(oids::regtype, bytes(type)) + field(oids::regclass, bytes(relation)))}}),
              (std::vector{relation, type}));
}

TEST(result_types, an_object_is_unknown_until_the_server_has_named_it) {
    const auto result = fake_result({{"c", oids::regclass}}, {{big_endian_oid(1259)}});
    EXPECT_TRUE(has_unknown_types(result_view(result.get(), types())));
    const auto named = types().with_objects({{{oids::regclass, 1259}, "pg_class"}});
    EXPECT_FALSE(has_unknown_types(result_view(result.get(), named)));
    const auto another = types().with_objects({{{oids::regtype, 1259}, "pg_class"}});
    EXPECT_TRUE(has_unknown_types(result_view(result.get(), another)));
}

TEST(result_types, no_byte_is_read_that_is_not_there) {
    const auto whole = record(2, field(oids::record_array, array_of_one(oids::record, record(1, field(mood, "x")))) +
                                     field(oids::int4, "1234"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        static_cast<void>(found(oids::record, {{whole.substr(0, size)}}));
        static_cast<void>(found(oids::record_array, {{whole.substr(0, size)}}));
    }
}

TEST(result_types, records_in_records_without_end_are_not_followed_to_the_end) {
    std::string value = record(1, field(mood, "x"));
    for (int level = 0; level < 1000; ++level) {
        value = record(1, field(oids::record, value));
    }
    EXPECT_EQ(found(oids::record, {{value}}), std::vector<oid_number>());
}

TEST(result_types, a_flood_of_types_is_not_collected_to_the_end) {
    std::string fields;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        fields += null_field(30'000 + i);
    }
    EXPECT_LT(found(oids::record, {{record(10'000, fields)}}).size(), 10'000u);
}

} // namespace
