// SPDX-License-Identifier: BSL-1.0
// Iteration over something with operator[] that gives values: rows of a result, columns of a row.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <utility>

namespace pgcoro::detail {

/// A random access iterator (in the sense of C++20) that holds a copy of a cheap, borrowed `Sequence`.
template <class Sequence>
class index_iterator {
public:
    using difference_type = std::ptrdiff_t;
    using value_type = decltype(std::declval<const Sequence&>()[std::size_t{}]);
    using reference = value_type;
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::random_access_iterator_tag;

    index_iterator() = default;
    index_iterator(Sequence sequence, std::size_t index) noexcept
        : sequence_(sequence), index_(static_cast<std::ptrdiff_t>(index)) {}

    reference operator*() const { return (*this)[0]; }
    reference operator[](difference_type n) const { return sequence_[static_cast<std::size_t>(index_ + n)]; }

    index_iterator& operator++() noexcept { return *this += 1; }
    index_iterator& operator--() noexcept { return *this += -1; }
    index_iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
    index_iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
    index_iterator& operator+=(difference_type n) noexcept {
        index_ += n;
        return *this;
    }
    index_iterator& operator-=(difference_type n) noexcept { return *this += -n; }

    friend index_iterator operator+(index_iterator i, difference_type n) noexcept { return i += n; }
    friend index_iterator operator+(difference_type n, index_iterator i) noexcept { return i += n; }
    friend index_iterator operator-(index_iterator i, difference_type n) noexcept { return i -= n; }
    friend difference_type operator-(const index_iterator& a, const index_iterator& b) noexcept { return a.index_ - b.index_; }
    friend bool operator==(const index_iterator& a, const index_iterator& b) noexcept { return a.index_ == b.index_; }
    friend auto operator<=>(const index_iterator& a, const index_iterator& b) noexcept { return a.index_ <=> b.index_; }

private:
    Sequence sequence_{};
    std::ptrdiff_t index_ = 0;
};

} // namespace pgcoro::detail
