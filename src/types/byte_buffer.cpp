// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/byte_buffer.hpp>

#include <algorithm>
#include <utility>

namespace pgcoro::detail {

byte_buffer::byte_buffer(const byte_buffer& other) {
    if (other.size_ != 0) {
        std::memcpy(extend(other.size_), other.data_, other.size_);
    }
}

byte_buffer& byte_buffer::operator=(const byte_buffer& other) {
    if (this != &other) {
        *this = byte_buffer(other);
    }
    return *this;
}

byte_buffer& byte_buffer::operator=(byte_buffer&& other) noexcept {
    if (this != &other) {
        if (data_ != inline_) {
            release();
            data_ = inline_;
            capacity_ = inline_capacity;
        }
        take(other);
    }
    return *this;
}

void byte_buffer::grow(std::size_t count) {
    const std::size_t capacity = std::max(2 * capacity_, size_ + count);
    auto* const wider = new std::byte[capacity];
    std::memcpy(wider, data_, size_);
    if (data_ != inline_) {
        release();
    }
    data_ = wider;
    capacity_ = capacity;
}

void byte_buffer::release() noexcept { delete[] data_; }

} // namespace pgcoro::detail
