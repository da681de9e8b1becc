// SPDX-License-Identifier: BSL-1.0
#include "bisection.hpp"
#include "checksum.hpp"
#include "common/journal.hpp"
#include "common/progress_line.hpp"
#include "failure.hpp"
#include "json_lines_reader.hpp"
#include "reject_file.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace etl {
namespace {

/// Searches in these lines for the ones at fault: gives those found. Every other line must have been in one range that
/// succeeded.
std::vector<std::uint64_t> search(line_range all, const std::vector<std::uint64_t>& at_fault) {
    bisection b(all);
    std::vector<std::uint64_t> found;
    std::uint64_t next = all.first;
    while (const auto range = b.next()) {
        const bool fails = std::any_of(at_fault.begin(), at_fault.end(),
                                       [&](std::uint64_t line) { return line >= range->first && line <= range->last; });
        EXPECT_EQ(range->first, next) << "in ascending order, without a gap";
        if (!fails) {
            next = range->last + 1;
            b.succeeded();
        } else if (const auto line = b.failed()) {
            next = *line + 1;
            found.push_back(*line);
        }
    }
    EXPECT_EQ(next, all.last + 1);
    return found;
}

TEST(bisection, finds_the_lines_at_fault) {
    using lines = std::vector<std::uint64_t>;
    for (const lines& at_fault : {lines{}, lines{1}, lines{1000}, lines{500, 501}, lines{2, 3, 4, 999}}) {
        EXPECT_EQ(search({1, 1000}, at_fault), at_fault);
    }
    EXPECT_EQ(search({7, 7}, {7}), lines{7});
    EXPECT_EQ(bisection({1, 0}).next(), std::nullopt);
}

TEST(checksum, is_a_sha256_that_can_be_asked_for_in_between) {
    checksum c;
    c.add("a");
    EXPECT_EQ(c.hex(), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    c.add("bc");
    EXPECT_EQ(c.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(progress_line, shows_what_is_left) {
    pgcoro::transfer_report report;
    report.rows = 200;
    report.bytes = 12'000'000;
    report.total_bytes = 24'000'000;
    report.elapsed = std::chrono::seconds(3);
    EXPECT_EQ(common::describe(report), "[##########          ]  50 %   200 rows   12.0 MB   4.0 MB/s   3 s left");

    report.total_bytes = 0;
    EXPECT_EQ(common::describe(report), "200 rows   12.0 MB   4.0 MB/s");
}

TEST(progress_line, is_redrawn_on_a_terminal_alone) {
    pgcoro::transfer_report report;
    std::ostringstream terminal;
    common::progress_line bar(terminal, true);
    bar.show(report);
    bar.write("text");
    bar.end();
    bar.end();
    std::ostringstream plain;
    common::progress_line lines(plain, false);
    lines.show(report);
    lines.write("text");
    lines.end();

    const auto zero = common::describe(report);
    EXPECT_EQ(terminal.str(), "\r\033[K" + zero + "\r\033[Ktext\n" + zero + "\n");
    EXPECT_EQ(plain.str(), zero + "\ntext\n");
}

reject rejected(std::optional<std::string> value) {
    reject r;
    r.line = 3;
    r.why = {"name", std::move(value), "why \"so\"", "22001"};
    return r;
}

TEST(reject_file, quotes_what_it_shows) {
    EXPECT_EQ(describe(rejected("a\"b,\n")), "3,\"name\",\"a\"\"b,\n\",22001,\"why \"\"so\"\"\"\n");
    EXPECT_EQ(describe(rejected(std::nullopt)), "3,\"name\",,22001,\"why \"\"so\"\"\"\n");
    EXPECT_EQ(describe(rejected("")), "3,\"name\",\"\",22001,\"why \"\"so\"\"\"\n");
}

TEST(reject_file, shows_no_bytes_that_are_no_text) {
    EXPECT_NE(describe(rejected(std::string("x\xFF\0y", 4))).find("\"x\\xff\\x00y\""), std::string::npos);
}

TEST(reject_file, shortens_a_long_value_between_characters) {
    std::string value = "x";
    for (int i = 0; i < 2000; ++i) {
        value += "\xC3\xA9";
    }
    const auto text = describe(rejected(value));
    EXPECT_LT(text.size(), 1100u);
    EXPECT_NE(text.find("\xA9...\""), std::string::npos);
}

TEST(journal, writes_operations_for_people_or_for_machines) {
    const auto noon = [] { return std::chrono::system_clock::time_point(std::chrono::hours(12)); };
    std::ostringstream people;
    std::ostringstream log;
    std::ostringstream machines;
    common::progress_line line(people, false);
    common::journal for_people("pgcoro-etl", line, &log, nullptr, noon);
    common::journal for_machines("pgcoro-etl", line, nullptr, &machines, noon);

    for_people.operation("staged", {{"rows", 5}});
    for_machines.operation("staged", {{"rows", 5}});
    for_machines.summary({{"read", 6}}, "text", people);

    EXPECT_EQ(people.str(), "1970-01-01T12:00:00Z staged rows=5\n");
    EXPECT_EQ(log.str(), people.str());
    EXPECT_EQ(machines.str(),
              "{\"event\":\"operation\",\"time\":\"1970-01-01T12:00:00Z\",\"operation\":\"staged\",\"rows\":5}\n"
              "{\"event\":\"summary\",\"time\":\"1970-01-01T12:00:00Z\",\"read\":6}\n");
}

TEST(json_lines_reader, gives_up_on_a_line_that_is_too_long) {
    source_settings settings;
    settings.file.text = (std::filesystem::temp_directory_path() / ("pgcoro_etl_long." + std::to_string(::getpid()))).string();
    std::ofstream(settings.file.text) << "{}\n{\"a\": \"" << std::string(100, 'x');
    json_lines_reader in(settings, 50);
    const auto opened = in.open();
    std::filesystem::remove(settings.file.text);
    ASSERT_TRUE(opened);

    const auto read = in.read();

    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), make_error_code(failure::bad_source));
    EXPECT_EQ(read.error().message(), settings.file.text + ":2: the line is longer than 1 GiB");
}

} // namespace
} // namespace etl
