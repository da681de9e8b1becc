// SPDX-License-Identifier: BSL-1.0
// Large objects, in pieces.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/large_object.hpp>
#include <pgcoro/multiplexer.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::errc;
using pgcoro::object_id;
using pgcoro::sqlstate;
using pgcoro::task;
using bytes = std::vector<std::byte>;

constexpr std::size_t piece = 256 * 1024;

/// Bytes that differ from one offset to another.
bytes noise(std::size_t size, std::uint32_t seed = 1) {
    bytes made(size);
    for (auto& b : made) {
        seed = seed * 1664525 + 1013904223;
        b = static_cast<std::byte>(seed >> 24);
    }
    return made;
}

template <class Db>
task<bytes> read_whole(Db& db, object_id object, std::int64_t offset = 0) {
    bytes all;
    auto sink = [&](std::span<const std::byte> part) -> task<> {
        all.insert(all.end(), part.begin(), part.end());
        co_return success();
    };
    BOOST_OUTCOME_CO_TRY(auto size, co_await pgcoro::read_large_object(db, object, sink, offset));
    EXPECT_EQ(size, all.size());
    co_return all;
}

void with_c(const std::function<task<>(connection&)>& body) { with_connection(shared_server().dsn(), body); }

TEST(large_object, of_any_size_is_read_as_it_was_written) {
    with_c([](connection& c) -> task<> {
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2047}, std::size_t{2048}, piece - 1, piece,
                                       piece + 1, 2 * piece - 1, 2 * piece, 2 * piece + 1, 9 * piece + 12345}) {
            const bytes written = noise(size);
            BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
            BOOST_OUTCOME_CO_TRY(auto sent, co_await pgcoro::write_large_object(c, object, written));
            EXPECT_EQ(sent, size);
            BOOST_OUTCOME_CO_TRY(auto whole, co_await c.fetch_one<bytes>("select lo_get($1)", object));
            EXPECT_TRUE(whole == written) << size;
            BOOST_OUTCOME_CO_TRY(auto read, co_await read_whole(c, object));
            EXPECT_TRUE(read == written) << size;
            BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        }
        co_return success();
    });
}

TEST(large_object, takes_parts_of_any_size_from_its_source) {
    with_c([](connection& c) -> task<> {
        const bytes written = noise(5 * piece + 777);
        for (const std::size_t part : {std::size_t{1000}, piece / 2, piece, piece + 100, 3 * piece}) {
            BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
            std::size_t at = 0;
            auto source = [&]() -> task<std::span<const std::byte>> {
                const auto next = std::span(written).subspan(at, std::min(part, written.size() - at));
                at += next.size();
                co_return next;
            };
            BOOST_OUTCOME_CO_TRY(auto sent, co_await pgcoro::write_large_object(c, object, source));
            EXPECT_EQ(sent, written.size());
            BOOST_OUTCOME_CO_TRY(auto read, co_await read_whole(c, object));
            EXPECT_TRUE(read == written) << part;
            BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        }
        co_return success();
    });
}

TEST(large_object, is_written_and_read_from_any_offset) {
    with_c([](connection& c) -> task<> {
        const bytes part = noise(2 * piece + 10);
        for (const std::int64_t offset :
             {std::int64_t{1}, std::int64_t{2048}, std::int64_t{piece} - 5, std::int64_t{3 * piece}}) {
            BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
            BOOST_OUTCOME_CO_TRY(co_await pgcoro::write_large_object(c, object, part, offset));
            BOOST_OUTCOME_CO_TRY(auto read, co_await read_whole(c, object, offset));
            EXPECT_TRUE(read == part) << offset;
            BOOST_OUTCOME_CO_TRY(auto all, co_await read_whole(c, object));
            EXPECT_EQ(all.size(), part.size() + static_cast<std::size_t>(offset));
            EXPECT_EQ(std::count(all.begin(), all.begin() + offset, std::byte{0}), offset);
            BOOST_OUTCOME_CO_TRY(auto beyond, co_await read_whole(c, object, std::int64_t{1} << 40));
            EXPECT_TRUE(beyond.empty());
            BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        }
        co_return success();
    });
}

TEST(large_object, with_a_hole_is_stored_sparsely) {
    with_c([](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
        const bytes part = noise(10);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::write_large_object(c, object, part, 64 << 20));
        BOOST_OUTCOME_CO_TRY(auto pages,
                             co_await c.fetch_one<std::int64_t>("select count(*) from pg_largeobject where loid = $1", object));
        EXPECT_EQ(pages, 1);
        BOOST_OUTCOME_CO_TRY(auto all, co_await read_whole(c, object));
        EXPECT_EQ(all.size(), (std::size_t{64} << 20) + part.size());
        EXPECT_TRUE(std::equal(part.begin(), part.end(), all.end() - 10));
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        co_return success();
    });
}

TEST(large_object, that_does_not_exist_is_an_error_of_its_own) {
    with_c([](connection& c) -> task<> {
        const bytes some = noise(3 * piece);
        const object_id nothing(4000000000u);
        EXPECT_EQ(error_of(co_await pgcoro::write_large_object(c, nothing, some)), sqlstate::undefined_object);
        EXPECT_EQ(error_of(co_await read_whole(c, nothing)), sqlstate::undefined_object);
        EXPECT_EQ(error_of(co_await pgcoro::unlink_large_object(c, nothing)), sqlstate::undefined_object);
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
        EXPECT_EQ(error_of(co_await pgcoro::write_large_object(c, object, some, std::int64_t{1} << 43)),
                  sqlstate::invalid_parameter_value);
        EXPECT_EQ(error_of(co_await pgcoro::write_large_object(c, object, some, -1)), sqlstate::invalid_parameter_value);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        co_return success();
    });
}

TEST(large_object, is_read_as_it_was_at_the_first_statement_of_a_repeatable_read_transaction) {
    with_c([](connection& c) -> task<> {
        const bytes before = noise(3 * piece, 1);
        const bytes after = noise(3 * piece, 2);
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::write_large_object(c, object, before));
        BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(shared_server().dsn()));
        pgcoro::transaction_options options;
        options.isolation = pgcoro::isolation_level::repeatable_read;
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin(options));
        bytes read;
        auto sink = [&](std::span<const std::byte> part) -> task<> {
            if (read.empty()) {
                BOOST_OUTCOME_CO_TRY(co_await pgcoro::write_large_object(other, object, after));
            }
            read.insert(read.end(), part.begin(), part.end());
            co_return success();
        };
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::read_large_object(tx, object, sink));
        EXPECT_TRUE(read == before);
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        BOOST_OUTCOME_CO_TRY(auto now, co_await read_whole(c, object));
        EXPECT_TRUE(now == after);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        co_return success();
    });
}

TEST(large_object, ends_with_the_first_error_of_source_or_sink_and_the_transaction_goes_on) {
    with_c([](connection& c) -> task<> {
        const bytes part = noise(piece);
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(tx));
        int left = 3;
        auto source = [&]() -> task<std::span<const std::byte>> {
            if (left-- == 0) {
                co_return pgcoro::error(errc::overloaded);
            }
            co_return std::span<const std::byte>(part);
        };
        EXPECT_EQ(error_of(co_await pgcoro::write_large_object(tx, object, source)), errc::overloaded);
        auto sink = [](std::span<const std::byte>) -> task<> { co_return pgcoro::error(errc::timed_out); };
        EXPECT_EQ(error_of(co_await pgcoro::read_large_object(tx, object, sink)), errc::timed_out);
        BOOST_OUTCOME_CO_TRY(auto whole, co_await read_whole(tx, object));
        EXPECT_EQ(whole.size(), 3 * piece);
        BOOST_OUTCOME_CO_TRY(co_await tx.rollback());
        EXPECT_EQ(error_of(co_await pgcoro::unlink_large_object(c, object)), sqlstate::undefined_object);
        co_return success();
    });
}

TEST(large_object, through_a_pool_and_a_multiplexer) {
    run([]() -> task<> {
        const bytes written = noise(4 * piece + 3);
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn());
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(pool));
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::write_large_object(pool, object, written));
        pgcoro::multiplexer mux(co_await asio::this_coro::executor, shared_server().dsn());
        BOOST_OUTCOME_CO_TRY(auto read, co_await read_whole(mux, object));
        EXPECT_TRUE(read == written);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(mux, object));
        mux.close();
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

TEST(large_object, is_written_with_two_pieces_in_flight_and_no_more) {
    with_c([](connection& c) -> task<> {
        using namespace boost::asio::experimental::awaitable_operators;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn());
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(pool));
        BOOST_OUTCOME_CO_TRY(auto lock, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await lock.execute("lock table pg_largeobject in access exclusive mode"));
        const bytes part = noise(piece);
        int given = 0;
        auto source = [&]() -> task<std::span<const std::byte>> {
            co_return given++ < 8 ? std::span<const std::byte>(part) : std::span<const std::byte>();
        };
        auto watch = [&]() -> task<> {
            std::int64_t waiting = 0;
            while (waiting < 2) {
                BOOST_OUTCOME_CO_TRY(
                    waiting, co_await lock.fetch_one<std::int64_t>("select count(*) from pg_locks where not granted and "
                                                                   "relation = 'pg_largeobject'::regclass"));
            }
            EXPECT_EQ(waiting, 2);
            EXPECT_LE(given, 3); // the third waits for room
            co_return co_await lock.rollback();
        };
        auto [written, watched] = co_await (pgcoro::write_large_object(pool, object, source) && watch());
        BOOST_OUTCOME_CO_TRY(watched);
        BOOST_OUTCOME_CO_TRY(auto size, written);
        EXPECT_EQ(size, 8 * piece);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(pool, object));
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

TEST(large_object, whose_writing_is_cancelled_is_written_no_further) {
    with_c([](connection& c) -> task<> {
        using namespace boost::asio::experimental::awaitable_operators;
        pgcoro::pool pool(co_await asio::this_coro::executor, shared_server().dsn());
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
        BOOST_OUTCOME_CO_TRY(auto lock, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await lock.execute("lock table pg_largeobject in access exclusive mode"));
        const bytes part = noise(8 * piece);
        auto until_waiting = [&](std::int64_t wanted) -> task<> {
            std::int64_t waiting = -1;
            while (waiting != wanted) {
                BOOST_OUTCOME_CO_TRY(
                    waiting, co_await lock.fetch_one<std::int64_t>("select count(*) from pg_locks where not granted and "
                                                                   "relation = 'pg_largeobject'::regclass"));
            }
            co_return success();
        };
        const auto first = co_await (pgcoro::write_large_object(pool, object, part) || until_waiting(2));
        EXPECT_EQ(first.index(), 1u);
        BOOST_OUTCOME_CO_TRY(co_await until_waiting(0)); // the lock is still held: the server has ended both
        BOOST_OUTCOME_CO_TRY(co_await lock.rollback());
        BOOST_OUTCOME_CO_TRY(auto nothing, co_await read_whole(pool, object));
        EXPECT_TRUE(nothing.empty());
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        BOOST_OUTCOME_CO_TRY(co_await pool.close());
        co_return success();
    });
}

class large_object_file : public testing::Test {
protected:
    large_object_file() {
        std::string name = (std::filesystem::temp_directory_path() / "object.XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~large_object_file() override { std::filesystem::remove_all(folder); }

    std::filesystem::path folder;
};

TEST_F(large_object_file, is_imported_and_exported) {
    with_c([&](connection& c) -> task<> {
        const bytes contents = noise(3 * piece + 99);
        std::ofstream(folder / "in")
            .write(reinterpret_cast<const char*>(contents.data()), static_cast<std::streamsize>(contents.size()));
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::import_large_object(c, folder / "in"));
        BOOST_OUTCOME_CO_TRY(auto size, co_await pgcoro::export_large_object(c, object, folder / "out"));
        EXPECT_EQ(size, contents.size());
        bytes read(contents.size());
        std::ifstream(folder / "out").read(reinterpret_cast<char*>(read.data()), static_cast<std::streamsize>(read.size()));
        EXPECT_TRUE(read == contents);
        EXPECT_EQ(std::filesystem::file_size(folder / "out"), contents.size());

        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        EXPECT_EQ(error_of(co_await pgcoro::export_large_object(c, object, folder / "gone")), sqlstate::undefined_object);
        EXPECT_FALSE(std::filesystem::exists(folder / "gone"));
        co_return success();
    });
}

TEST_F(large_object_file, that_cannot_be_read_leaves_no_object) {
    with_c([&](connection& c) -> task<> {
        const auto objects = "select count(*) from pg_largeobject_metadata";
        BOOST_OUTCOME_CO_TRY(auto before, co_await c.fetch_one<std::int64_t>(pgcoro::unchecked_sql(objects)));
        for (const auto& path : {folder, folder / "nothing"}) {
            EXPECT_TRUE(error_of(co_await pgcoro::import_large_object(c, path)));
        }
        BOOST_OUTCOME_CO_TRY(auto after, co_await c.fetch_one<std::int64_t>(pgcoro::unchecked_sql(objects)));
        EXPECT_EQ(after, before);
        co_return success();
    });
}

// Takes a minute: ctest calls it slow.
TEST(slow, a_large_object_of_a_gigabyte_is_read_as_it_was_written) {
    static constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
    const auto body = [](connection& c) -> task<> {
        const bytes pattern = noise(1000003); // a prime: pieces begin anywhere in it
        std::uint64_t sent = 0;
        auto source = [&]() -> task<std::span<const std::byte>> {
            const auto next = std::span(pattern).first(std::min<std::uint64_t>(pattern.size(), gibibyte - sent));
            sent += next.size();
            co_return next;
        };
        std::uint64_t read = 0;
        bool same = true;
        auto sink = [&](std::span<const std::byte> part) -> task<> {
            while (!part.empty()) {
                const auto rest = std::span(pattern).subspan(read % pattern.size());
                const auto size = std::min(rest.size(), part.size());
                same = same && std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size), rest.begin());
                read += size;
                part = part.subspan(size);
            }
            co_return success();
        };
        BOOST_OUTCOME_CO_TRY(auto object, co_await pgcoro::create_large_object(c));
        BOOST_OUTCOME_CO_TRY(auto written, co_await pgcoro::write_large_object(c, object, source));
        EXPECT_EQ(written, gibibyte);
        BOOST_OUTCOME_CO_TRY(auto size, co_await pgcoro::read_large_object(c, object, sink));
        EXPECT_EQ(size, gibibyte);
        EXPECT_EQ(read, gibibyte);
        EXPECT_TRUE(same);
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::unlink_large_object(c, object));
        co_return success();
    };
    with_connection(shared_server().dsn(), body, std::chrono::seconds(1500));
}

} // namespace
