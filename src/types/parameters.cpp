// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/parameters.hpp>

#include <algorithm>

namespace pgcoro {

parameters::parameters(const parameters& other)
    : count_(other.count_), failure_(other.failure_), failed_(other.failed_), bytes_(other.bytes_) {
    if (other.slots_ != other.inline_) {
        slots_ = new slot[4 * other.capacity_];
        capacity_ = other.capacity_;
    }
    for (std::size_t array = 0; array < 4; ++array) {
        std::copy_n(other.slots_ + array * capacity_, count_, slots_ + array * capacity_);
    }
}

parameters::parameters(parameters&& other) noexcept
    : count_(other.count_), failure_(other.failure_), failed_(other.failed_), bytes_(std::move(other.bytes_)) {
    take(other);
}

parameters& parameters::operator=(const parameters& other) {
    if (this != &other) {
        *this = parameters(other);
    }
    return *this;
}

parameters& parameters::operator=(parameters&& other) noexcept {
    if (this != &other) {
        if (slots_ != inline_) {
            release();
            slots_ = inline_;
            capacity_ = inline_capacity;
        }
        count_ = other.count_;
        failure_ = other.failure_;
        failed_ = other.failed_;
        bytes_ = std::move(other.bytes_);
        take(other);
    }
    return *this;
}

void parameters::take(parameters& other) noexcept {
    if (other.slots_ == other.inline_) {
        for (std::size_t array = 0; array < 4; ++array) {
            std::copy_n(other.inline_ + array * inline_capacity, count_, inline_ + array * inline_capacity);
        }
    } else {
        slots_ = std::exchange(other.slots_, other.inline_);
        capacity_ = std::exchange(other.capacity_, inline_capacity);
    }
    other.count_ = 0;
    other.failure_ = {};
}

void parameters::grow() {
    const std::size_t capacity = 2 * capacity_;
    auto* const wider = new slot[4 * capacity];
    for (std::size_t array = 0; array < 4; ++array) {
        std::copy_n(slots_ + array * capacity_, count_, wider + array * capacity);
    }
    if (slots_ != inline_) {
        release();
    }
    slots_ = wider;
    capacity_ = capacity;
}

void parameters::release() noexcept { delete[] slots_; }

void parameters::remember(errc failure) noexcept {
    if (failure_ == errc{}) {
        failure_ = failure;
        failed_ = count_;
    }
}

error parameters::failure() const {
    if (failure_ != errc{}) {
        return error(failure_, "parameter $" + std::to_string(failed_) + ": " + make_error_code(failure_).message());
    }
    return count_ > max_count ? error(errc::too_many_parameters) : error();
}

} // namespace pgcoro
