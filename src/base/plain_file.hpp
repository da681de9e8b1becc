// SPDX-License-Identifier: BSL-1.0
// Files with blocking reads and writes, in pieces large enough for that not to matter.
#pragma once

#include <pgcoro/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// A descriptor, and the path for messages.
class plain_file {
public:
    plain_file() noexcept = default;
    plain_file(int descriptor, std::filesystem::path path) noexcept : descriptor_(descriptor), path_(std::move(path)) {}
    plain_file(plain_file&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
    plain_file& operator=(plain_file&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~plain_file() { static_cast<void>(close()); }

    static result<plain_file> open(std::filesystem::path path, int flags);

    int get() const noexcept { return descriptor_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    /// Some file systems report only here what has become of the writes.
    result<void> close() noexcept;
    /// What `errno` says has happened to this file.
    error failure() const;

private:
    int descriptor_ = -1;
    std::filesystem::path path_;
};

class input_file {
public:
    static constexpr std::size_t piece_size = 64 * 1024;

    static result<input_file> open(std::filesystem::path path);

    /// Of a regular file when it was opened; otherwise 0.
    std::uint64_t size() const noexcept { return size_; }
    /// The next piece; empty at the end. Valid until the next read.
    result<std::span<const std::byte>> read();

private:
    plain_file file_;
    std::uint64_t size_ = 0;
    std::vector<std::byte> buffer_;
};

/// A file that takes the place of another once it is complete; without `keep`, it is removed.
class output_file {
public:
    static result<output_file> create(std::filesystem::path path);

    output_file() noexcept = default;
    output_file(output_file&& other) noexcept = default;
    output_file& operator=(output_file&& other) noexcept;
    ~output_file();

    result<void> write(std::span<const std::byte> bytes);
    result<void> keep();

private:
    plain_file file_;
    std::filesystem::path final_path_; // empty if the file has its name already
};

} // namespace pgcoro::detail
