// SPDX-License-Identifier: BSL-1.0
#include "copy_bytes.hpp"

#include "libpq/description_of.hpp"

#include <pgcoro/detail/copy_decoder.hpp>
#include <pgcoro/types.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::errc;
using pgcoro::error;
using pgcoro::detail::copy_decoder;
using pgcoro::detail::result_view;
namespace oids = pgcoro::oids;

using copied_user = std::tuple<std::int64_t, std::optional<std::string>>;

const std::string copied_ada = copied_row(2, copied_value(big_endian(std::int64_t{1})) + copied_value("Ada"));
const std::string copied_nobody = copied_row(2, copied_value(big_endian(std::int64_t{2})) + copied_null);

const std::vector<fake_column> copied_user_columns = {{"id", oids::int8}, {"name", oids::text}};

struct copied_outcome {
    std::vector<copied_user> rows;
    error failure;
};

/// The messages are copied to memory of just their size, where a sanitizer sees who reads behind them.
copied_outcome read_copy(const std::vector<std::string>& messages,
                         const std::vector<fake_column>& described = copied_user_columns) {
    const auto columns = fake_result(described);
    copy_decoder<copied_user> decoder(result_view(columns.get()));
    copied_outcome all;
    pgcoro::detail::row_chunk<copied_user> chunk;
    all.failure = decoder.open();
    for (const auto& message : messages) {
        const std::vector<char> exact(message.begin(), message.end());
        if (!all.failure) {
            all.failure = decoder.append(std::as_bytes(std::span(exact)), chunk);
        }
        // As a stream does it: the rows are taken, and those of the next message come to where they were.
        all.rows.insert(all.rows.end(), chunk.rows().begin(), chunk.rows().end());
        chunk.clear();
    }
    if (!all.failure) {
        all.failure = decoder.finish();
    }
    return all;
}

const std::vector<copied_user> both_users{{1, "Ada"}, {2, std::nullopt}};

TEST(copy_decoder, rows_come_as_the_server_sends_them) {
    const auto read_rows = read_copy({copied_header + copied_ada, copied_nobody, copied_trailer});
    EXPECT_FALSE(read_rows.failure) << read_rows.failure.message();
    EXPECT_EQ(read_rows.rows, both_users);
}

TEST(copy_decoder, header_and_trailer_alone_are_no_rows) {
    const auto read_rows = read_copy({copied_header + copied_trailer});
    EXPECT_FALSE(read_rows.failure);
    EXPECT_TRUE(read_rows.rows.empty());
}

TEST(copy_decoder, bytes_may_be_cut_anywhere) {
    const std::string all = copied_header + copied_ada + copied_nobody + copied_trailer;
    for (std::size_t first = 0; first <= all.size(); ++first) {
        for (std::size_t second = first; second <= all.size(); ++second) {
            const auto read_rows = read_copy({all.substr(0, first), all.substr(first, second - first), all.substr(second)});
            ASSERT_FALSE(read_rows.failure) << first << ", " << second << ": " << read_rows.failure.message();
            ASSERT_EQ(read_rows.rows, both_users) << first << ", " << second;
        }
    }
    std::vector<std::string> bytes;
    for (const char byte : all) {
        bytes.emplace_back(1, byte);
    }
    EXPECT_EQ(read_copy(bytes).rows, both_users);
}

TEST(copy_decoder, bytes_that_are_missing_are_an_error_wherever_they_end) {
    const std::string all = copied_header + copied_ada + copied_nobody + copied_trailer;
    for (std::size_t size = 0; size < all.size(); ++size) {
        EXPECT_TRUE(read_copy({all.substr(0, size)}).failure == errc::malformed_value) << size;
    }
}

TEST(copy_decoder, extension_of_the_header_is_skipped) {
    const std::string longer = copied_header.substr(0, 15) + big_endian(std::int32_t{5}) + "extra";
    EXPECT_EQ(read_copy({longer + copied_ada + copied_nobody + copied_trailer}).rows, both_users);
    EXPECT_EQ(read_copy({longer.substr(0, 21), longer.substr(21) + copied_ada + copied_nobody + copied_trailer}).rows,
              both_users);
}

TEST(copy_decoder, flags_that_may_be_ignored_are) {
    const std::string flagged = copied_header.substr(0, 11) + big_endian(std::int32_t{0xffff}) + copied_header.substr(15);
    EXPECT_FALSE(read_copy({flagged + copied_trailer}).failure);
}

void expect_malformed(const std::string& bytes, const std::string& why) {
    const auto failure = read_copy({bytes}).failure;
    EXPECT_TRUE(failure == errc::malformed_value) << why;
    EXPECT_EQ(failure.message(), "the server's COPY data is malformed: " + why);
}

TEST(copy_decoder, malformed_bytes_are_an_error_that_says_why) {
    expect_malformed("PGCOPX", "it does not begin with the signature of the format");
    expect_malformed("1\tAda\n", "it does not begin with the signature of the format");
    expect_malformed(copied_header.substr(0, 11) + big_endian(std::int32_t{0x10000}) + copied_header.substr(15) +
                         copied_trailer,
                     "its header has flags of an unknown meaning (65536)");
    expect_malformed(copied_header.substr(0, 15) + big_endian(std::int32_t{-4}), "the length of its header is -4");
    expect_malformed(copied_header + big_endian(std::int16_t{3}), "row 1 has 3 columns instead of 2");
    expect_malformed(copied_header + copied_ada + big_endian(std::int16_t{-2}), "row 2 has 65534 columns instead of 2");
    expect_malformed(copied_header + copied_row(2, big_endian(std::int32_t{-2})), "column 1 in row 1 has a length of -2");
    expect_malformed(copied_header + copied_row(2, copied_null + big_endian(std::int32_t{INT32_MAX})),
                     "column 2 in row 1 has a length of 2147483647");
    expect_malformed(copied_header + copied_trailer + "x", "bytes after the trailer");
    expect_malformed(copied_header + copied_ada, "it ends without a trailer");
    expect_malformed(copied_header + copied_ada.substr(0, 5), "it ends within row 1");
}

TEST(copy_decoder, memory_for_a_row_is_bounded) {
    pgcoro::detail::copy_parser parser(1, 100);
    const std::string start = copied_header + big_endian(std::int16_t{1}) + big_endian(std::int32_t{101});
    parser.feed(std::as_bytes(std::span(start)));
    EXPECT_FALSE(parser.next());
    EXPECT_TRUE(parser.failed());
}

TEST(copy_decoder, value_that_cannot_be_read_is_an_error_with_its_row_and_column) {
    const auto read_rows = read_copy({copied_header + copied_ada, copied_row(2, copied_null + copied_null), copied_trailer});
    EXPECT_TRUE(read_rows.failure == errc::unexpected_null);
    EXPECT_EQ(read_rows.failure.message(), "column 1 \"id\" (int8) in row 2 is NULL: read it into std::optional<std::int64_t>");
    EXPECT_EQ(read_rows.rows, (std::vector<copied_user>{{1, "Ada"}}));
}

TEST(copy_decoder, columns_are_compared_with_the_row_type_before_the_first_row) {
    const auto mismatch = read_copy({copied_header + copied_trailer}, {{"id", oids::int8}, {"name", oids::bytea}}).failure;
    EXPECT_TRUE(mismatch == errc::type_mismatch);
    EXPECT_EQ(mismatch.message(), "column 2 \"name\" (bytea) cannot be read into std::string");
    EXPECT_TRUE(read_copy({copied_header + copied_trailer}, {{"id", oids::int8}}).failure == errc::column_count_mismatch);
}

TEST(copy_decoder, columns_that_were_only_described_are_binary) {
    const auto described = fake_result({{"id", oids::int8, 0}});
    EXPECT_TRUE(copy_decoder<std::int64_t>(result_view(described.get())).open() == errc::type_mismatch);

    const auto binary = pgcoro::libpq::binary_description_of(described.get());

    const result_view columns(binary.get());
    EXPECT_EQ(columns.column_name(0), "id");
    EXPECT_FALSE(copy_decoder<std::int64_t>(columns).open());
}

struct kept_row {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> note;
    bool operator==(const kept_row&) const = default;
};

std::string kept(std::int64_t id, const std::string& name, const std::optional<std::string>& note) {
    return copied_row(3, copied_value(big_endian(id)) + copied_value(name) + (note ? copied_value(*note) : copied_null));
}

TEST(copy_decoder, rows_are_read_into_those_before_and_nothing_of_them_is_left) {
    const auto columns = fake_result({{"id", oids::int8}, {"name", oids::text}, {"note", oids::text}});
    copy_decoder<kept_row> decoder(result_view(columns.get()));
    ASSERT_FALSE(decoder.open());
    pgcoro::detail::row_chunk<kept_row> chunk;
    const auto read = [&](const std::string& message) { return decoder.append(std::as_bytes(std::span(message)), chunk); };
    const std::string long_name(100, 'n');
    const std::string huge(100'000, 'h');
    ASSERT_FALSE(read(copied_header));
    ASSERT_FALSE(read(kept(1, long_name, "first")));
    ASSERT_FALSE(read(kept(2, huge, huge)));
    ASSERT_FALSE(read(kept(3, "third", std::nullopt)));
    EXPECT_EQ(chunk.size(), 3u);
    const void* const memory = chunk[0].name.data();

    chunk.clear();
    EXPECT_TRUE(chunk.empty());
    ASSERT_FALSE(read(kept(4, "four, which is no short string", std::nullopt)));
    ASSERT_FALSE(read(kept(5, "", "five")));
    EXPECT_EQ(chunk.size(), 2u);
    EXPECT_EQ(chunk[0], (kept_row{4, "four, which is no short string", std::nullopt}));
    EXPECT_EQ(chunk[0].name.data(), memory);
    EXPECT_EQ(chunk[1], (kept_row{5, "", "five"}));
    EXPECT_LT(chunk[1].name.capacity(), 1000u);
    EXPECT_LT(chunk[1].note->capacity(), 1000u);

    // What cannot be read leaves the rows before it.
    EXPECT_TRUE(read(copied_row(3, copied_null + copied_value("x") + copied_null)) == errc::unexpected_null);
    EXPECT_EQ(chunk.size(), 2u);
    EXPECT_EQ(chunk.vector().size(), 2u);
}

} // namespace
