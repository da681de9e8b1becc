// SPDX-License-Identifier: BSL-1.0
// COPY from and to files and Asio's streams.
#include "copy_fixture.hpp"

#include <pgcoro/copy_files.hpp>
#include <pgcoro/copy_streams.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::copy_line;
using pgcoro::errc;
using pgcoro::sqlstate;
using pgcoro::task;
using pgcoro::transfer_report;
using pgcoro::unchecked_sql;
using std::filesystem::path;
using socket_pair = asio::local::stream_protocol::socket;

class copying : public testing::Test {
protected:
    copying() {
        std::string name = (std::filesystem::temp_directory_path() / "copying.XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~copying() override { std::filesystem::remove_all(folder); }

    path make(const std::string& text, const char* name = "in.csv") const {
        std::ofstream(folder / name) << text;
        return folder / name;
    }
    std::string text_of(const char* name) const {
        std::ifstream in(folder / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
    }

    path folder;
};

TEST_F(copying, a_file_goes_in_and_comes_out_the_same) {
    std::string text = "a,b\n";
    for (int i = 0; i < 60000; ++i) {
        text += std::to_string(i) + ",\"line one\nline, two\"\n";
    }
    const auto in = make(text);
    with_table([&](connection& c) -> task<> {
        std::vector<transfer_report> reports;
        pgcoro::progress_meter meter([&](const transfer_report& r) { reports.push_back(r); }, std::chrono::milliseconds(0));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv, header true)"));
        BOOST_OUTCOME_CO_TRY(auto sent, co_await pgcoro::copy_from_file(in, std::move(writer), meter));
        EXPECT_EQ(sent.rows, 60000u);
        EXPECT_EQ(sent.bytes, text.size());
        EXPECT_EQ(sent.total_bytes, text.size());
        EXPECT_GT(reports.size(), 5u);
        EXPECT_EQ(reports.front().rows, 0u); // nobody counts them

        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await c.copy_out("copy (select * from t order by a) to stdout (format csv, header true)"));
        BOOST_OUTCOME_CO_TRY(auto got, co_await pgcoro::copy_to_file(std::move(reader), folder / "out.csv"));
        EXPECT_EQ(got.tag, "COPY 60000");
        EXPECT_EQ(got.bytes, text.size());
        co_return success();
    });
    EXPECT_TRUE(text_of("out.csv") == text);
    EXPECT_EQ(files(), 2u);
}

TEST_F(copying, an_empty_file_is_no_row) {
    const auto in = make("");
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv)"));
        BOOST_OUTCOME_CO_TRY(auto sent, co_await pgcoro::copy_from_file(in, std::move(writer)));
        EXPECT_EQ(sent.tag, "COPY 0");
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy t to stdout"));
        BOOST_OUTCOME_CO_TRY(auto got, co_await pgcoro::copy_to_file(std::move(reader), folder / "out"));
        EXPECT_EQ(got.tag, "COPY 0");
        co_return success();
    });
    EXPECT_TRUE(std::filesystem::exists(folder / "out"));
}

TEST_F(copying, a_file_with_a_bad_line_leaves_nothing_and_names_the_line) {
    std::string text;
    for (int i = 0; i < 100000; ++i) {
        text += (i == 98765 ? "x" : std::to_string(i)) + ",b\n";
    }
    const auto in = make(text);
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin (format csv)"));
        const auto outcome = co_await pgcoro::copy_from_file(in, std::move(writer));
        EXPECT_EQ(error_of(outcome), sqlstate::invalid_text_representation);
        EXPECT_EQ(copy_line(error_of(outcome)), 98766u);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

TEST_F(copying, a_file_that_cannot_be_read_ends_the_copy) {
    with_table([&](connection& c) -> task<> {
        for (const path& in : {folder / "nothing", folder}) {
            BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
            const auto outcome = co_await pgcoro::copy_from_file(in, std::move(writer));
            EXPECT_EQ(error_of(outcome).code(),
                      in == folder ? boost::system::errc::is_a_directory : boost::system::errc::no_such_file_or_directory);
            EXPECT_NE(error_of(outcome).message().find(in.string()), std::string::npos);
            BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
            EXPECT_EQ(n, 0);
        }
        co_return success();
    });
}

TEST_F(copying, a_failed_copy_leaves_the_old_file_as_it_was) {
    const auto out = make("old", "out");
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader,
                             co_await c.copy_out("copy (select 1 / (n - 90000) from generate_series(1, 100000) n) to stdout"));
        EXPECT_EQ(error_of(co_await pgcoro::copy_to_file(std::move(reader), out)), sqlstate::division_by_zero);
        BOOST_OUTCOME_CO_TRY(auto second, co_await c.copy_out("copy (select 1) to stdout"));
        const auto refused = co_await pgcoro::copy_to_file(std::move(second), folder / "no" / "such");
        EXPECT_EQ(error_of(refused).code(), boost::system::errc::no_such_file_or_directory);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
    EXPECT_EQ(text_of("out"), "old");
    EXPECT_EQ(files(), 1u);
}

TEST_F(copying, a_file_replaces_the_target_of_a_symbolic_link_and_not_the_link) {
    make("old", "real");
    std::filesystem::create_symlink("real", folder / "link");
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select 'new') to stdout"));
        BOOST_OUTCOME_CO_TRY(co_await pgcoro::copy_to_file(std::move(reader), folder / "link"));
        co_return success();
    });
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(text_of("real"), "new\n");
}

TEST_F(copying, to_a_full_device_is_an_error) {
    with_table([&](connection& c) -> task<> {
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select generate_series(1, 10000000)) to stdout"));
        const auto outcome = co_await pgcoro::copy_to_file(std::move(reader), "/dev/full");
        EXPECT_EQ(error_of(outcome).code(), boost::system::errc::no_space_on_device);
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST_F(copying, through_a_socket) {
    with_table([](connection& c) -> task<> {
        using namespace boost::asio::experimental::awaitable_operators;
        const auto executor = co_await asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(auto other, co_await pgcoro::connect(shared_server().dsn()));
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        BOOST_OUTCOME_CO_TRY(auto reader, co_await other.copy_out("copy (select generate_series(1, 200000), 'x') to stdout"));
        socket_pair near(executor);
        socket_pair far(executor);
        asio::local::connect_pair(near, far);
        // Two named tasks: GCC 12.
        auto write_side = [&]() -> task<transfer_report> {
            auto outcome = co_await pgcoro::copy_to_stream(std::move(reader), near);
            near.close();
            co_return outcome;
        };
        auto [in, out] = co_await (write_side() && pgcoro::copy_from_stream(far, std::move(writer)));
        BOOST_OUTCOME_CO_TRY(auto sent, std::move(in));
        BOOST_OUTCOME_CO_TRY(auto got, std::move(out));
        EXPECT_EQ(sent.rows, 200000u);
        EXPECT_EQ(got.rows, 200000u);
        EXPECT_EQ(got.bytes, sent.bytes);
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 200000);
        co_return success();
    });
}

TEST_F(copying, to_a_socket_that_is_closed_leaves_the_connection_usable) {
    with_table([](connection& c) -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(auto reader, co_await c.copy_out("copy (select generate_series(1, 10000000)) to stdout"));
        socket_pair near(executor);
        {
            socket_pair far(executor);
            asio::local::connect_pair(near, far);
        }
        EXPECT_EQ(error_of(co_await pgcoro::copy_to_stream(std::move(reader), near)),
                  make_error_code(asio::error::broken_pipe));
        BOOST_OUTCOME_CO_TRY(auto one, co_await c.fetch_one<int>("select 1"));
        EXPECT_EQ(one, 1);
        co_return success();
    });
}

TEST_F(copying, from_a_socket_that_fails_leaves_nothing) {
    with_table([](connection& c) -> task<> {
        const auto executor = co_await asio::this_coro::executor;
        BOOST_OUTCOME_CO_TRY(auto writer, co_await c.copy_in("copy t from stdin"));
        socket_pair closed(executor);
        EXPECT_EQ(error_of(co_await pgcoro::copy_from_stream(closed, std::move(writer))),
                  make_error_code(asio::error::bad_descriptor));
        BOOST_OUTCOME_CO_TRY(auto n, co_await rows_in_t(c));
        EXPECT_EQ(n, 0);
        co_return success();
    });
}

} // namespace
