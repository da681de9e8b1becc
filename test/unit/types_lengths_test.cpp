// SPDX-License-Identifier: BSL-1.0
// Lengths and counts of gigabytes, announced by a server or asked for by a caller: an error, and no attempt to hold so much.
#include "codec.hpp"

#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/parameters.hpp>
#include <pgcoro/types.hpp>
#include <pgcoro/types/hstore.hpp>

#include <sys/mman.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::value_writer;
namespace oids = pgcoro::oids;

/// Just above what an int holds, what wraps to nothing, and what wraps to little.
constexpr std::uint32_t lengths[] = {0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe};

std::string array_header(std::uint32_t element, std::initializer_list<std::uint32_t> sizes) {
    std::string header =
        big_endian(static_cast<std::uint32_t>(sizes.size())) + big_endian(std::uint32_t{0}) + big_endian(element);
    for (const std::uint32_t size : sizes) {
        header += big_endian(size) + big_endian(std::uint32_t{1});
    }
    return header;
}

/// `text` as `to_text` makes it, of bytes that are no value.
errc text_failure(pgcoro::oid_number type, const std::string& bytes) {
    std::string text;
    const errc failure = pgcoro::detail::append_text(type, as_value(bytes), pgcoro::detail::built_in_types(),
                                                     pgcoro::detail::text_style::server, text);
    EXPECT_LT(text.size(), 100u);
    return failure;
}

void expect_no_array(const std::string& bytes) {
    std::vector<std::int32_t> flat;
    EXPECT_EQ(pgcoro::pg_type<std::vector<std::int32_t>>::decode(oids::int4_array, as_value(bytes), flat),
              errc::malformed_value);
    EXPECT_EQ(flat.capacity(), 0u);
    std::vector<std::vector<std::int32_t>> square;
    EXPECT_EQ(pgcoro::pg_type<std::vector<std::vector<std::int32_t>>>::decode(oids::int4_array, as_value(bytes), square),
              errc::malformed_value);
    EXPECT_EQ(square.capacity(), 0u);
    EXPECT_EQ(text_failure(oids::int4_array, bytes), errc::malformed_value);
}

TEST(announced_length, of_an_array_is_compared_with_the_bytes_that_are_there) {
    const std::string element = big_endian(std::uint32_t{4}) + big_endian(std::uint32_t{1});
    for (const std::uint32_t length : lengths) {
        expect_no_array(array_header(oids::int4, {length}) + element);
    }
    expect_no_array(array_header(oids::int4, {0xffffffff}) + element);
}

TEST(announced_length, of_dimensions_does_not_wrap_when_multiplied) {
    const std::string element = big_endian(std::uint32_t{4}) + big_endian(std::uint32_t{1});
    expect_no_array(array_header(oids::int4, {0x10000, 0x10000}) + element);
    expect_no_array(array_header(oids::int4, {0x10000, 0x10001}) + element);
    expect_no_array(array_header(oids::int4, {0x10000, 0x10000, 0x10000, 0x10000}) + element);
    expect_no_array(array_header(oids::int4, {0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff}) +
                    element);
}

TEST(announced_length, of_an_element_is_compared_with_the_bytes_that_are_there) {
    for (const std::uint32_t length : lengths) {
        const std::string bytes = array_header(oids::text, {1}) + big_endian(length) + "abc";
        EXPECT_EQ(decode_failure<std::vector<std::string>>(oids::text_array, bytes), errc::malformed_value) << length;
        EXPECT_EQ(text_failure(oids::text_array, bytes), errc::malformed_value) << length;
    }
}

TEST(announced_length, of_a_record_and_its_fields_is_compared_with_the_bytes_that_are_there) {
    using record = std::tuple<std::string>;
    const auto& types = pgcoro::detail::built_in_types();
    for (const std::uint32_t length : lengths) {
        const std::string field =
            big_endian(std::uint32_t{1}) + big_endian(std::uint32_t{oids::text}) + big_endian(length) + "abc";
        EXPECT_EQ(decode_failure<record>(oids::record, field, types), errc::malformed_value) << length;
        EXPECT_EQ(text_failure(oids::record, field), errc::malformed_value) << length;
        const std::string fields = big_endian(length) + big_endian(std::uint32_t{oids::text}) + big_endian(~std::uint32_t{0});
        EXPECT_EQ(decode_failure<record>(oids::record, fields, types), errc::attribute_mismatch) << length;
        EXPECT_EQ(text_failure(oids::record, fields), errc::malformed_value) << length;
    }
}

TEST(announced_length, of_ranges_is_compared_with_the_bytes_that_are_there) {
    using ints = pgcoro::range<std::int32_t>;
    using many = pgcoro::multirange<std::int32_t>;
    constexpr pgcoro::oid_number int4range = 3904;
    constexpr pgcoro::oid_number int4multirange = 4451;
    for (const std::uint32_t length : lengths) {
        EXPECT_EQ(decode_failure<ints>(int4range, '\2' + big_endian(length) + "abcd"), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<many>(int4multirange, big_endian(length) + big_endian(std::uint32_t{1}) + '\1'),
                  errc::malformed_value)
            << length;
        EXPECT_EQ(decode_failure<many>(int4multirange, big_endian(std::uint32_t{1}) + big_endian(length) + '\1'),
                  errc::malformed_value)
            << length;
    }
}

TEST(announced_length, of_points_words_pairs_and_bits_is_compared_with_the_bytes_that_are_there) {
    const std::string sixteen(16, '\0');
    // 0x10000001 points take 16 bytes and 4 GiB.
    for (const std::uint32_t length :
         {lengths[0], lengths[1], lengths[2], lengths[3], std::uint32_t{0x10000001}, ~std::uint32_t{0}}) {
        const std::string bytes = big_endian(length) + sixteen;
        EXPECT_EQ(decode_failure<pgcoro::geo::polygon>(oids::polygon, bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::geo::path>(oids::path, '\1' + bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::tsvector>(oids::tsvector, bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::tsquery>(oids::tsquery, bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::bit_string>(oids::varbit, bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::hstore>(0, bytes), errc::malformed_value) << length;
        EXPECT_EQ(decode_failure<pgcoro::hstore>(0, big_endian(std::uint32_t{1}) + bytes), errc::malformed_value) << length;
    }
}

/// Addresses without memory: who reads there, crashes. So a test sees that a value was refused for its length alone.
class nowhere {
public:
    static constexpr std::size_t size = (std::size_t{1} << 32) + 4096;

    nowhere() : at_(mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
    ~nowhere() { munmap(at_, size); }
    nowhere(const nowhere&) = delete;
    nowhere& operator=(const nowhere&) = delete;

    template <class T>
    std::span<const T> as(std::size_t bytes) const {
        return {static_cast<const T*>(at_), bytes / sizeof(T)};
    }
    std::string_view text(std::size_t bytes) const { return {static_cast<const char*>(at_), bytes}; }

private:
    void* at_;
};

constexpr std::size_t sizes[] = {value_writer::max_size + 1, std::size_t{1} << 31, (std::size_t{1} << 32) - 1,
                                 std::size_t{1} << 32, (std::size_t{1} << 32) + 4};

/// The value alone is refused, in front of others and behind them, and names its place.
template <class T>
void expect_too_large(const T& value, std::size_t size) {
    EXPECT_EQ(encode(value).failure, errc::value_too_large) << size;
    pgcoro::parameters some;
    some.push_back(1);
    some.push_back(value);
    some.push_back(2);
    EXPECT_EQ(some.failure(), errc::value_too_large) << size;
    EXPECT_EQ(some.failure().message().substr(0, 13), "parameter $2:") << some.failure().message();
    EXPECT_LT(some.byte_size(), 100u) << size;
}

TEST(too_long_to_send, is_refused_without_being_read) {
    const nowhere memory;
    for (const std::size_t size : sizes) {
        expect_too_large(memory.text(size), size);
        expect_too_large(memory.as<std::byte>(size), size);
        expect_too_large(memory.as<std::int32_t>(size), size);
        expect_too_large(memory.as<std::int64_t>(std::max(size, sizes[1] + 8)), size);
        expect_too_large(memory.as<bool>(size), size);
    }
}

TEST(too_long_to_send, is_what_all_parameters_have_together) {
    const nowhere memory;
    pgcoro::parameters some;
    some.push_back(1);
    some.push_back(memory.as<std::byte>(value_writer::max_size)); // alone it could be sent
    EXPECT_EQ(some.failure(), errc::value_too_large);
    EXPECT_EQ(some.failure().message().substr(0, 13), "parameter $2:") << some.failure().message();
    EXPECT_LT(some.byte_size(), 100u);
}

TEST(too_long_to_send, is_what_a_value_has_inside) {
    const nowhere memory;
    for (const std::size_t size : sizes) {
        expect_too_large(std::vector{memory.text(size)}, size);
        expect_too_large(std::vector{memory.as<std::byte>(size)}, size);
    }
}

TEST(too_long_to_send, dimensions_do_not_wrap_when_multiplied) {
    using array = pgcoro::array<std::int32_t>;
    constexpr pgcoro::array_dimension dimension{0x10000, 1};
    EXPECT_EQ(encode(array{{dimension, dimension}, {}}).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(array{{dimension, dimension, dimension, dimension}, {}}).failure, errc::value_out_of_range);
}

} // namespace
