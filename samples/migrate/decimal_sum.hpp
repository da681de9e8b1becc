// SPDX-License-Identifier: BSL-1.0
// Exact sums of numbers of any size.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// A sum of 64-bit integers that cannot overflow.
class integer_sum {
public:
    void add(std::int64_t number) {
        if (__builtin_add_overflow(small_, number, &small_)) {
            // What was computed is the sum modulo 2^64: take it back, and keep the old sum as a large number.
            small_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(small_) - static_cast<std::uint64_t>(number));
            large_ += small_;
            small_ = number;
        }
    }
    void add(const boost::multiprecision::cpp_int& number) { large_ += number; }
    boost::multiprecision::cpp_int total() const { return large_ + small_; }

private:
    std::int64_t small_ = 0;
    boost::multiprecision::cpp_int large_;
};

/// A sum of decimal numbers in text.
class decimal_sum {
public:
    /// "-12.50", also "1e3". Text that is no number makes the whole sum "NaN", as PostgreSQL does with NaN.
    void add(std::string_view number);
    /// As PostgreSQL's trim_scale(sum(...)) has it: without zeros at the end behind the point. "0" of no numbers.
    std::string text() const;

private:
    bool add_digits(std::string_view number);

    std::vector<integer_sum> by_scale_; // of numbers with as many digits behind the point
    bool is_nan_ = false;
};

} // namespace migrate
