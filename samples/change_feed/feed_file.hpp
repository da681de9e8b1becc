// SPDX-License-Identifier: BSL-1.0
// The file that the lines go to, and the position up to which they are in it.
#pragma once

#include <pgcoro/result.hpp>
#include <pgcoro/types/identifiers.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace change_feed {

/// Beside FILE there is FILE.position: the end of the last transaction that is in FILE in full, and the size that FILE has
/// then. What a killed program has written after that is cut off when the file is opened, and comes again. FILE.position is
/// written before anything is written to FILE, so that a FILE without it was written by something else, and is left alone. FILE
/// is locked while it is open: a second program must not cut off what the first one is writing.
class feed_file {
public:
    explicit feed_file(std::filesystem::path path) : path_(std::move(path)) {}
    feed_file(const feed_file&) = delete;
    feed_file& operator=(const feed_file&) = delete;
    ~feed_file();

    /// Errors: `boost::system::errc::text_file_busy` if another program has opened it so; `boost::system::errc::file_exists` if
    /// FILE has something in it, and there is no FILE.position; `pgcoro::errc::malformed_value` if that is no position, or FILE
    /// is shorter than it says.
    pgcoro::result<> open();
    /// Nothing if this is the beginning.
    std::optional<pgcoro::lsn> position() const noexcept {
        return position_ == beginning ? std::nullopt : std::optional(position_);
    }

    /// Writes whole transactions. They may be lost until they are stored.
    pgcoro::result<> write(std::string_view lines);
    /// All transactions up to there are written: makes that durable.
    pgcoro::result<> store(pgcoro::lsn end);

private:
    static constexpr pgcoro::lsn beginning{0};

    pgcoro::result<bool> read_position();
    std::filesystem::path position_path() const { return path_.string() + ".position"; }

    std::filesystem::path path_;
    pgcoro::lsn position_ = beginning;
    std::uint64_t size_ = 0;
    int file_ = -1;
};

} // namespace change_feed
