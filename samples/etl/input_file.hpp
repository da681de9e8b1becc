// SPDX-License-Identifier: BSL-1.0
// A file that is read in pieces.
#pragma once

#include <pgcoro/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace etl {

class input_file {
public:
    explicit input_file(std::string name) : name_(std::move(name)) {}
    input_file(const input_file&) = delete;
    input_file& operator=(const input_file&) = delete;
    ~input_file();

    pgcoro::result<> open();
    /// The next bytes; none at the end. Valid until the next read.
    pgcoro::result<std::string_view> read();
    /// 0 if it is not a regular file.
    std::uint64_t size() const noexcept { return size_; }
    /// False for a pipe: what has been read is gone.
    bool can_be_reopened() const noexcept { return is_regular_; }
    const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    int file_ = -1;
    bool is_regular_ = false;
    std::uint64_t size_ = 0;
    std::string buffer_;
};

} // namespace etl
