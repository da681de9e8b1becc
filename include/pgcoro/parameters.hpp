// SPDX-License-Identifier: BSL-1.0
// The encoded values of a statement's placeholders.
#pragma once

#include <pgcoro/detail/byte_buffer.hpp>
#include <pgcoro/detail/owned.hpp>
#include <pgcoro/detail/stored_value.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/error.hpp>
#include <pgcoro/pg_type.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgcoro {

class changed_field;
class field_view;
class parameters;

namespace detail {

class type_catalogue;
struct list_of_parameters;
struct received_value;

/// Sends a type that can hold values of several types: `static void push(const T&, parameters&)` appends the current value. See
/// <pgcoro/types/variant.hpp>.
template <class T>
struct chosen_value {};

template <class T>
concept value_of_choice = requires(const T& value, parameters& to) { chosen_value<T>::push(value, to); };

template <class T>
concept untyped_null = std::is_same_v<T, std::nullopt_t> || std::is_same_v<T, std::nullptr_t>;

/// A pointer to characters, or an array of characters.
template <class T>
concept c_string = std::is_same_v<std::decay_t<T>, char*> || std::is_same_v<std::decay_t<T>, const char*>;

template <class T>
concept sendable = encodable<without_optional_t<T>>;

/// A value that is stored, of a type whose number is known or is left to the server.
template <class T>
concept stored_parameter = stored_value<T> && sendable<T> &&
                           (copied_text<without_optional_t<T>> || reference_to<without_optional_t<T>>().sql_name.empty());

} // namespace detail

/// A list of parameters. Statements take their arguments one by one; use this if their number is known only at run time:
///
///     pgcoro::parameters values;
///     values.push_back(42);
///     values.push_back("text");
///     co_await connection.execute(pgcoro::unchecked_sql(text), std::move(values));
///
/// If a value cannot be sent, the statement fails before anything is sent. Eight parameters with 128 bytes in total need no
/// allocation.
class parameters {
public:
    /// The protocol's limit.
    static constexpr std::size_t max_count = 65535;

    parameters() noexcept {}
    parameters(const parameters& other);
    parameters(parameters&& other) noexcept;
    parameters& operator=(const parameters& other);
    parameters& operator=(parameters&& other) noexcept;
    ~parameters() {
        if (slots_ != inline_) {
            release();
        }
    }

    /// Appends a value: a type with `pg_type`, std::optional of one, a C string (null means NULL), or NULL as std::nullopt or
    /// nullptr; a std::variant of these (std::monostate is NULL) sends its current alternative. A NUL character inside a string
    /// literal is detected and refused; a `char` buffer ends at its first NUL.
    ///
    /// A field of a rowset is sent with the type and the bytes it was received with (as NULL of that type if it is NULL), also
    /// to another server. Types that users and extensions create are found there by schema and name, also inside arrays,
    /// composites and ranges: `errc::unknown_type` if there is no such type. A field that does not exist is
    /// `errc::no_such_column` or `errc::no_rows`.
    template <class T>
    void push_back(T&& value) {
        using plain = std::remove_cvref_t<T>;
        if constexpr (detail::c_string<plain>) {
            push_c_string(value);
        } else if constexpr (detail::untyped_null<plain>) {
            push_null(oids::unspecified);
        } else if constexpr (detail::value_of_choice<plain>) {
            detail::chosen_value<plain>::push(value, *this);
        } else if constexpr (!detail::sendable<plain>) {
            static_assert(detail::sendable<plain>,
                          "pgcoro: this type cannot be sent as a parameter: include its header, <pgcoro/types/...> or "
                          "<pgcoro/types.hpp>, or specialise pg_type<...> for it");
        } else if constexpr (!detail::is_optional<plain>) {
            push_value(value);
        } else if (value) {
            push_value(*value);
        } else {
            named<detail::without_optional_t<plain>>();
            push_null(sent_as<detail::without_optional_t<plain>>.oid);
        }
    }

    /// Appends a value that cannot be sent: the statement fails with `reason`.
    void push_failure(errc reason) {
        push_null(oids::unspecified);
        remember(reason);
    }

    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }

    /// Whether every value can be sent.
    bool ok() const noexcept { return failure_ == errc{} && count_ <= max_count; }
    /// Whether the values need neither an allocation nor a type lookup, and can be sent.
    bool small() const noexcept { return slots_ == inline_ && bytes_.is_inline() && failure_ == errc{} && !missing_; }
    /// The error of the first value that cannot be sent.
    error failure() const;

    /// The size of all values together, in bytes.
    std::size_t byte_size() const noexcept { return bytes_.size(); }

    // The form in which libpq takes parameters. The arrays have size() elements.

    oid_number oid(std::size_t i) const noexcept { return oids()[i]; }
    int length(std::size_t i) const noexcept { return lengths()[i]; }
    int format(std::size_t i) const noexcept { return formats()[i]; }
    /// The value's bytes; text is NUL-terminated. nullptr for NULL.
    const char* value(std::size_t i) const noexcept {
        return lengths()[i] < 0 ? nullptr : reinterpret_cast<const char*>(bytes_.data()) + slots_[3 * capacity_ + i];
    }

    /// Whether the types of some values are known by name only.
    bool has_named_types() const noexcept { return static_cast<bool>(missing_); }
    std::vector<std::string_view> named_types() const;
    /// Fills in the numbers of these types. Errors: `errc::unknown_type` if one does not exist, `errc::attribute_mismatch` if
    /// the attributes of a composite differ from the value's.
    error fill_in(const detail::type_catalogue& types);

    const oid_number* oids() const noexcept { return slots_; }
    const int* lengths() const noexcept { return reinterpret_cast<const int*>(slots_ + capacity_); }
    const int* formats() const noexcept { return reinterpret_cast<const int*>(slots_ + 2 * capacity_); }

private:
    friend struct detail::chosen_value<changed_field>;
    friend struct detail::chosen_value<field_view>;
    friend struct detail::list_of_parameters;
    using slot = std::uint32_t;
    static constexpr std::size_t inline_capacity = 8;

    struct missing_types;
    struct end_missing_types {
        void operator()(missing_types* types) const noexcept;
    };

    template <class T>
    static constexpr detail::type_reference sent_as =
        detail::text_type<T> ? detail::type_reference() : detail::reference_to<T>();

    template <class T>
    void push_value(const T& value) {
        const std::size_t start = bytes_.size();
        value_writer out(bytes_, named<T>());
        pg_type<T>::encode(value, out);
        const std::size_t end = bytes_.size();
        if constexpr (detail::text_type<T>) {
            *bytes_.extend(1) = std::byte{0};
        }
        append(sent_as<T>.oid, detail::text_type<T> ? 0 : 1, static_cast<slot>(end - start), static_cast<slot>(start));
        if (!out.ok()) [[unlikely]] {
            remember(out.failure());
        }
    }

    /// Into an empty list without allocated slots: as one `push_back` after the other, in fewer instructions.
    template <class... Values>
    [[gnu::always_inline]] void fill(Values&... values) {
        if constexpr (sizeof...(Values) <= inline_capacity && (detail::stored_parameter<std::remove_const_t<Values>> && ...)) {
            if (const std::size_t size = (std::size_t{0} + ... + size_with_end(values)); size <= value_writer::max_size) {
                [[maybe_unused]] std::byte* const start = bytes_.extend(size);
                [[maybe_unused]] std::byte* at = start;
                [[maybe_unused]] std::size_t i = 0;
                (store(i++, values, start, at), ...);
                count_ = sizeof...(Values);
                return;
            }
        }
        (push_back(values), ...);
    }

    template <class T>
    [[gnu::always_inline]] static std::size_t size_with_end(const T& value) noexcept {
        if constexpr (detail::is_optional<T>) {
            return value ? size_with_end(*value) : 0;
        } else {
            return detail::stored_size(value) + (detail::text_type<T> ? 1 : 0);
        }
    }

    template <class T>
    [[gnu::always_inline]] void store(std::size_t i, const T& value, const std::byte* start, std::byte*& at) noexcept {
        using type = detail::without_optional_t<T>;
        if constexpr (detail::is_optional<T>) {
            if (value) {
                return store(i, *value, start, at);
            }
            set(inline_capacity, i, sent_as<type>.oid, 0, ~slot{0}, 0);
        } else {
            const std::size_t size = detail::stored_size(value);
            set(inline_capacity, i, sent_as<type>.oid, detail::text_type<T> ? 0 : 1, static_cast<slot>(size),
                static_cast<slot>(at - start));
            if (const errc failure = detail::store(value, at, size); failure != errc{}) [[unlikely]] {
                count_ = i + 1;
                remember(failure);
            }
            at += size;
            if constexpr (detail::text_type<T>) {
                *at++ = std::byte{0};
            }
        }
    }

    template <class T>
    void push_c_string(T& text) {
        if constexpr (!std::is_array_v<T>) {
            text ? push_value(std::string_view(text)) : push_null(oids::unspecified);
        } else {
            constexpr std::size_t size = std::extent_v<T>;
            constexpr bool literal = std::is_const_v<std::remove_extent_t<T>>;
            push_value(std::string_view(text, literal && text[size - 1] == '\0' ? size - 1 : ::strnlen(text, size)));
        }
    }

    /// The list for types inside a T that are known by name only.
    template <class T>
    std::vector<value_writer::missing_type>* named() {
        if constexpr (sent_as<T>.sql_name.empty()) {
            return nullptr;
        } else {
            return note_named(sent_as<T>);
        }
    }
    std::vector<value_writer::missing_type>* note_named(const detail::type_reference& type);

    void push_received(const detail::received_value& value);
    void push_null(oid_number type) { append(type, 0, ~slot{0}, 0); }

    void append(oid_number type, slot format, slot length, slot offset) {
        if (count_ == capacity_) [[unlikely]] {
            grow();
        }
        set(capacity_, count_, type, format, length, offset);
        ++count_;
    }
    [[gnu::always_inline]] void set(std::size_t capacity, std::size_t i, oid_number type, slot format, slot length,
                                    slot offset) noexcept {
        slots_[i] = type;
        slots_[capacity + i] = length;
        slots_[2 * capacity + i] = format;
        slots_[3 * capacity + i] = offset;
    }

    void remember(errc failure) noexcept;
    void grow();
    void release() noexcept;
    void take(parameters& other) noexcept;

    // Four arrays of capacity_ elements each: types, lengths (-1 for NULL), formats, offsets into bytes_.
    slot* slots_ = inline_;
    std::size_t count_ = 0;
    std::size_t capacity_ = inline_capacity;
    errc failure_{};
    std::size_t failed_ = 0;
    detail::owned<missing_types, end_missing_types> missing_;
    slot inline_[4 * inline_capacity];
    detail::byte_buffer bytes_;
};

namespace detail {

struct list_of_parameters {
    /// In place: to move a list would take as long as to encode it.
    template <class... Values>
    [[gnu::always_inline]] static void fill(parameters& empty, Values&... values) {
        empty.fill(values...);
    }
};

/// The parameters of a statement called with `args`. A single `parameters` is used as it is.
template <class... Args>
parameters encode_parameters(Args&&... args) {
    parameters encoded;
    list_of_parameters::fill(encoded, args...);
    return encoded;
}

template <class Arg>
    requires std::is_same_v<std::remove_cvref_t<Arg>, parameters>
parameters encode_parameters(Arg&& list) {
    return std::forward<Arg>(list);
}

} // namespace detail
} // namespace pgcoro
