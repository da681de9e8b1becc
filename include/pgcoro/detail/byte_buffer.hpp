// SPDX-License-Identifier: BSL-1.0
// Bytes that grow at the end; the first 128 cost no allocation.
#pragma once

#include <cstddef>
#include <cstring>

namespace pgcoro::detail {

class byte_buffer {
public:
    static constexpr std::size_t inline_capacity = 128;

    byte_buffer() noexcept {}
    byte_buffer(const byte_buffer& other);
    byte_buffer(byte_buffer&& other) noexcept { take(other); }
    byte_buffer& operator=(const byte_buffer& other);
    byte_buffer& operator=(byte_buffer&& other) noexcept;
    ~byte_buffer() {
        if (data_ != inline_) {
            release();
        }
    }

    std::byte* data() noexcept { return data_; }
    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool is_inline() const noexcept { return data_ == inline_; }

    /// Room for `count` more bytes, which the caller fills.
    std::byte* extend(std::size_t count) {
        if (capacity_ - size_ < count) {
            grow(count);
        }
        std::byte* const added = data_ + size_;
        size_ += count;
        return added;
    }

    /// Drops what lies behind the first `size` bytes.
    void truncate(std::size_t size) noexcept { size_ = size; }

private:
    void grow(std::size_t count);
    void release() noexcept;

    void take(byte_buffer& other) noexcept {
        size_ = other.size_;
        if (other.data_ == other.inline_) {
            std::memcpy(inline_, other.inline_, size_);
        } else {
            data_ = other.data_;
            capacity_ = other.capacity_;
            other.data_ = other.inline_;
            other.capacity_ = inline_capacity;
        }
        other.size_ = 0;
    }

    std::byte* data_ = inline_;
    std::size_t size_ = 0;
    std::size_t capacity_ = inline_capacity;
    std::byte inline_[inline_capacity];
};

} // namespace pgcoro::detail
