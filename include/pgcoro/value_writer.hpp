// SPDX-License-Identifier: BSL-1.0
// Takes the bytes of a value from `pg_type<T>::encode`.
#pragma once

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/byte_buffer.hpp>
#include <pgcoro/errc.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace pgcoro {

/// Appends a value in the binary format of its type. The first failure is kept, and everything after it is ignored.
class value_writer {
public:
    /// A type whose number must be known before the value can be sent.
    struct missing_type {
        enum class which : unsigned char { itself, array, attribute };

        std::string_view sql_name; // static
        which part;
        std::uint32_t at; // in the bytes
        // Of a composite's attribute: its index, and the type its value was encoded as; `oids::unspecified` if that fits many.
        std::uint32_t attribute = 0;
        std::uint32_t encoded_as = 0;
        // The number of attributes of the value; 0 if unknown.
        std::uint32_t attributes = 0;
    };

    /// The maximum size of a value, and of a message: 1 GiB - 1 bytes.
    static constexpr std::size_t max_size = (std::size_t{1} << 30) - 1;

    explicit value_writer(detail::byte_buffer& out, std::vector<missing_type>* missing = nullptr) noexcept
        : out_(out), missing_(missing) {}

    template <std::unsigned_integral T>
    void put(T value) {
        if (std::byte* to = extend(sizeof value)) {
            detail::store_big_endian(to, value);
        }
    }

    void put(const void* bytes, std::size_t size) {
        if (std::byte* to = extend(size); to && size != 0) {
            std::memcpy(to, bytes, size);
        }
    }

    /// Text as the server stores it: a NUL character inside is `errc::invalid_text`.
    void put_text(std::string_view text);

    /// Starts a value inside another (an array's element, a composite's field): its length and its bytes. Gives what
    /// `end_nested` needs to fill in the length.
    std::size_t begin_nested() {
        put(std::uint32_t{0});
        return out_.size();
    }
    void end_nested(std::size_t start) noexcept {
        if (ok()) {
            detail::store_big_endian(out_.data() + start - sizeof(std::uint32_t),
                                     static_cast<std::uint32_t>(out_.size() - start));
        }
    }
    /// Appends the number of a type that is known by name only (see `pg_type`), or of its array type. It is filled in when the
    /// value is sent. `sql_name` is static.
    void put_type_named(std::string_view sql_name, bool is_array = false);
    /// Appends the type number of a composite's attribute, counted from 0. `attributes` is how many the value has.
    void put_type_of_attribute(std::string_view composite, std::size_t attribute, std::uint32_t encoded_as,
                               std::size_t attributes = 0);

    /// A NULL inside another value.
    void put_nested_null() { put(~std::uint32_t{0}); }

    /// The value cannot be sent.
    void fail(errc reason) noexcept { failure_ = ok() ? reason : failure_; }
    bool ok() const noexcept { return failure_ == errc{}; }
    errc failure() const noexcept { return failure_; }

private:
    void put_missing(missing_type type);
    std::byte* extend(std::size_t count) {
        if (count > max_size || out_.size() > max_size - count) {
            fail(errc::value_too_large);
        }
        return ok() ? out_.extend(count) : nullptr;
    }

    detail::byte_buffer& out_;
    std::vector<missing_type>* missing_;
    errc failure_{};
};

} // namespace pgcoro
