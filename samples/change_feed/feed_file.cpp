// SPDX-License-Identifier: BSL-1.0
#include "feed_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>

namespace change_feed {
namespace {

pgcoro::error why(const std::filesystem::path& path) {
    return pgcoro::error(boost::system::error_code(errno, boost::system::system_category()),
                         path.string() + ": " + std::strerror(errno));
}

/// A file whose name, too, is on the disk.
pgcoro::result<> write_durably(const std::filesystem::path& path, std::string_view text) {
    const auto next = path.string() + ".next";
    const int file = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool is_written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    is_written = is_written && ::fsync(file) == 0;
    is_written = (file < 0 || ::close(file) == 0) && is_written;
    if (!is_written || ::rename(next.c_str(), path.c_str()) != 0) {
        return why(path);
    }
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_stored = directory >= 0 && ::fsync(directory) == 0;
    if (directory >= 0) {
        ::close(directory);
    }
    return is_stored ? pgcoro::result<>(pgcoro::success()) : why(folder);
}

} // namespace

feed_file::~feed_file() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

pgcoro::result<> feed_file::open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
        return why(path_);
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? pgcoro::error(boost::system::errc::make_error_code(boost::system::errc::text_file_busy),
                                                    path_.string() + " is in use: another change_feed writes to it")
                                    : why(path_);
    }
    const auto found = ::lseek(file_, 0, SEEK_END);
    if (found < 0) {
        return why(path_);
    }
    BOOST_OUTCOME_TRY(const bool is_known, read_position());
    if (!is_known && found > 0) {
        return pgcoro::error(boost::system::errc::make_error_code(boost::system::errc::file_exists),
                             path_.string() + " is not empty, and there is no " + position_path().string() +
                                 " that says which part of it is complete: restore that file, or name another file");
    }
    if (static_cast<std::uint64_t>(found) < size_) {
        return pgcoro::error(pgcoro::errc::malformed_value,
                             path_.string() + " is shorter than " + position_path().string() +
                                 " says: a part of it is lost; restore it, or name another file");
    }
    if (!is_known) {
        BOOST_OUTCOME_TRY(store(beginning)); // from now on, this program has written whatever is in the file
    }
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0 || ::lseek(file_, 0, SEEK_END) < 0) {
        return why(path_);
    }
    return pgcoro::success();
}

/// False: there is none.
pgcoro::result<bool> feed_file::read_position() {
    std::ifstream in(position_path());
    if (!in) {
        return false;
    }
    if (!(in >> position_.value >> size_)) {
        return pgcoro::error(pgcoro::errc::malformed_value, position_path().string() + " is not a position");
    }
    return true;
}

pgcoro::result<> feed_file::write(std::string_view lines) {
    while (!lines.empty()) {
        const auto written = ::write(file_, lines.data(), lines.size());
        if (written < 0) {
            return why(path_);
        }
        size_ += static_cast<std::uint64_t>(written);
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    return pgcoro::success();
}

pgcoro::result<> feed_file::store(pgcoro::lsn end) {
    if (::fdatasync(file_) != 0) {
        return why(path_);
    }
    position_ = end;
    return write_durably(position_path(), std::to_string(end.value) + " " + std::to_string(size_) + "\n");
}

} // namespace change_feed
