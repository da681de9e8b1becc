// SPDX-License-Identifier: BSL-1.0
#include "base/plain_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>

namespace pgcoro::detail {
namespace {

error file_error(int number, const std::filesystem::path& path) {
    const boost::system::error_code code(number, boost::system::system_category());
    return error(code, path.string() + ": " + code.message());
}

bool is_interrupted(long done) noexcept { return done < 0 && errno == EINTR; }

} // namespace

result<plain_file> plain_file::open(std::filesystem::path path, int flags) {
    int descriptor = -1;
    do {
        descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    } while (is_interrupted(descriptor));
    if (descriptor < 0) {
        return file_error(errno, path);
    }
    return plain_file(descriptor, std::move(path));
}

error plain_file::failure() const { return file_error(errno, path_); }

result<void> plain_file::close() noexcept {
    if (descriptor_ >= 0 && ::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) {
        return failure();
    }
    return success();
}

result<input_file> input_file::open(std::filesystem::path path) {
    input_file in;
    BOOST_OUTCOME_TRY(in.file_, plain_file::open(std::move(path), O_RDONLY));
    struct stat facts{};
    if (::fstat(in.file_.get(), &facts) != 0) {
        return in.file_.failure();
    }
    if (S_ISREG(facts.st_mode)) {
        in.size_ = static_cast<std::uint64_t>(facts.st_size);
    }
    in.buffer_.resize(piece_size);
    return in;
}

result<std::span<const std::byte>> input_file::read() {
    ssize_t size = 0;
    do {
        size = ::read(file_.get(), buffer_.data(), buffer_.size());
    } while (is_interrupted(size));
    if (size < 0) {
        return file_.failure();
    }
    return std::span<const std::byte>(buffer_.data(), static_cast<std::size_t>(size));
}

result<output_file> output_file::create(std::filesystem::path path) {
    std::error_code unknown;
    const auto facts = std::filesystem::status(path, unknown);
    output_file out;
    if (std::filesystem::exists(facts) && !std::filesystem::is_regular_file(facts)) {
        BOOST_OUTCOME_TRY(out.file_, plain_file::open(std::move(path), O_WRONLY));
        return out;
    }
    // A symbolic link stays one.
    auto final_path = std::filesystem::exists(facts) ? std::filesystem::canonical(path, unknown) : path;
    if (unknown && std::filesystem::exists(facts)) {
        return file_error(unknown.value(), path);
    }
    char unique[sizeof ".01234567.partial"];
    std::snprintf(unique, sizeof unique, ".%08x.partial", std::random_device()());
    auto partial_path = final_path;
    partial_path += unique;
    BOOST_OUTCOME_TRY(out.file_, plain_file::open(std::move(partial_path), O_WRONLY | O_CREAT | O_EXCL));
    out.final_path_ = std::move(final_path);
    return out;
}

output_file& output_file::operator=(output_file&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(final_path_, other.final_path_);
    return *this;
}

output_file::~output_file() {
    if (file_.get() >= 0 && !final_path_.empty()) {
        ::unlink(file_.path().c_str());
    }
}

result<void> output_file::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(file_.get(), bytes.data(), bytes.size());
        if (size < 0 && !is_interrupted(size)) {
            return file_.failure();
        }
        bytes = bytes.subspan(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    return success();
}

result<void> output_file::keep() {
    auto closed = file_.close();
    if (!final_path_.empty() && (!closed || ::rename(file_.path().c_str(), final_path_.c_str()) != 0)) {
        error why = closed ? file_error(errno, final_path_) : closed.error();
        ::unlink(file_.path().c_str());
        return why;
    }
    return closed;
}

} // namespace pgcoro::detail
