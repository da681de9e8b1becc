// SPDX-License-Identifier: BSL-1.0
// The binary format of COPY, written and read by hand for one kind of row. It knows its columns, and checks lengths and NUL
// characters as a careful program does.
#pragma once

#include "../libpq.hpp"
#include "../workload.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <vector>

namespace bench {

/// Bytes that are sent, and then written over.
class encoder_by_hand {
public:
    static constexpr std::size_t piece_size = 64 * 1024;

    encoder_by_hand() { bytes_.resize(2 * piece_size); }

    std::span<const std::byte> bytes() const noexcept { return {bytes_.data(), size_}; }
    bool is_full() const noexcept { return size_ >= piece_size; }
    void clear() noexcept { size_ = 0; }

    void append_header() {
        constexpr char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; // and its own NUL
        static_assert(sizeof header == 19);
        std::memcpy(bytes_.data() + size_, header, sizeof header);
        size_ += sizeof header;
    }
    void append_trailer() {
        reserve(2);
        put(bytes_.data() + size_, std::uint16_t{0xffff});
        size_ += 2;
    }

    void append(const item& row) {
        constexpr std::size_t fixed = 2 + 5 * 4 + 8 + 4 + 8 + 8;
        const std::size_t most = fixed + row.name.size();
        reserve(most);
        std::byte* to = bytes_.data() + size_;
        to = put(to, std::uint16_t{5});
        to = put(to, std::uint32_t{8});
        to = put(to, row.id);
        to = put(to, std::uint32_t{4});
        to = put(to, row.quantity);
        to = put(to, std::uint32_t{8});
        to = put(to, std::bit_cast<std::uint64_t>(row.price));
        to = put(to, static_cast<std::uint32_t>(row.name.size()));
        std::memcpy(to, row.name.data(), row.name.size());
        if (std::memchr(row.name.data(), 0, row.name.size())) { // not at `to`, whose stores are not done yet
            throw std::logic_error("a NUL character");
        }
        to += row.name.size();
        to = put(to, std::uint32_t{8});
        put(to, (row.created_at - postgres_epoch).count());
        size_ += most;
    }

private:
    void reserve(std::size_t size) {
        if (bytes_.size() - size_ < size) {
            bytes_.resize(2 * bytes_.size() + size);
        }
    }

    template <class T>
    static std::byte* put(std::byte* to, T value) {
        const T swapped = sizeof value == 2   ? static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)))
                          : sizeof value == 4 ? static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)))
                                              : static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
        std::memcpy(to, &swapped, sizeof swapped);
        return to + sizeof swapped;
    }

    std::vector<std::byte> bytes_;
    std::size_t size_ = 0;
};

/// Reads one message after the other. The first has the header, too, and the trailer is a message of its own, or follows the
/// header if there are no rows.
class decoder_by_hand {
public:
    /// Passes the row to `take`, unless the message is the trailer.
    template <class Take>
    void read(const char* at, std::size_t size, Take take) {
        left_ = size;
        if (is_first_) {
            at = skip(at, 19);
            is_first_ = false;
        }
        const char* const count = at;
        at = skip(at, 2);
        if (count[1] == 5) {
            take(read_item(at));
        }
    }

private:
    const char* skip(const char* at, std::size_t size) {
        if (left_ < size) {
            throw std::logic_error("malformed");
        }
        left_ -= size;
        return at + size;
    }
    template <class T>
    T read(const char*& at) {
        const char* const value = at;
        at = skip(at, sizeof(T));
        return from_network<T>(value);
    }
    template <class T>
    T read_value(const char*& at) {
        if (read<std::int32_t>(at) != sizeof(T)) {
            throw std::logic_error("malformed");
        }
        return read<T>(at);
    }
    item read_item(const char*& at) {
        item row;
        row.id = read_value<std::int64_t>(at);
        row.quantity = read_value<std::int32_t>(at);
        row.price = read_value<double>(at);
        const auto size = read<std::int32_t>(at);
        const char* const text = at;
        at = skip(at, static_cast<std::size_t>(size));
        row.name.assign(text, static_cast<std::size_t>(size));
        row.created_at = postgres_epoch + std::chrono::microseconds(read_value<std::int64_t>(at));
        return row;
    }

    std::size_t left_ = 0;
    bool is_first_ = true;
};

} // namespace bench
