// SPDX-License-Identifier: BSL-1.0
#include "input_file.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace etl {

input_file::~input_file() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

pgcoro::result<> input_file::open() {
    file_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about{};
    if (file_ < 0 || ::fstat(file_, &about) != 0) {
        return file_error(errno, name_);
    }
    is_regular_ = S_ISREG(about.st_mode);
    size_ = is_regular_ ? static_cast<std::uint64_t>(about.st_size) : 0;
    buffer_.resize(std::size_t{256} * 1024);
    return pgcoro::success();
}

pgcoro::result<std::string_view> input_file::read() {
    for (;;) {
        const auto n = ::read(file_, buffer_.data(), buffer_.size());
        if (n >= 0) {
            return std::string_view(buffer_.data(), static_cast<std::size_t>(n));
        }
        if (errno != EINTR) {
            return file_error(errno, name_);
        }
    }
}

} // namespace etl
