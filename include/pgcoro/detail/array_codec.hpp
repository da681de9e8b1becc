// SPDX-License-Identifier: BSL-1.0
// Containers, and containers of containers, as arrays: each level is a dimension.
#pragma once

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/type_access.hpp>
#include <pgcoro/pg_type.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace pgcoro::detail {

/// What an array can be made of: a type with an array type, which arrays themselves have not. In std::optional it may be NULL.
template <class T>
concept array_element = named_type<without_optional_t<T>> || requires { pg_type<without_optional_t<T>>::array_oid; };

/// A container that is an array itself, and can be one dimension of another.
template <class T>
concept nested_array = !array_element<T> && requires { requires pg_type<T>::array_dimensions < max_array_dimensions; };

template <class T>
concept array_part = array_element<T> || nested_array<T>;

/// The elements of the innermost containers.
template <class T>
struct array_leaf {
    using type = T;
};
template <nested_array T>
struct array_leaf<T> : array_leaf<typename T::value_type> {};

template <class T>
constexpr std::size_t count_array_dimensions() noexcept {
    if constexpr (nested_array<T>) {
        return 1 + count_array_dimensions<typename T::value_type>();
    } else {
        return 0;
    }
}

/// A size that no array can have becomes one that cannot be sent.
constexpr array_dimension dimension_of(std::size_t size) noexcept {
    constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
    return {std::in_range<std::int32_t>(size) ? static_cast<std::int32_t>(size) : most, 1};
}

template <class T>
void write_element(const T& element, value_writer& out) {
    if constexpr (is_optional<T>) {
        element ? write_element(*element, out) : out.put_nested_null();
    } else {
        const auto start = out.begin_nested();
        pg_type<T>::encode(element, out);
        out.end_nested(start);
    }
}

/// Reads the next element. `type` was accepted.
template <class T>
errc read_element(array_reader& reader, oid_number type, T& out, const type_catalogue& types) {
    value_bytes bytes;
    bool is_null = false;
    if (!reader.next(bytes, is_null)) {
        return errc::malformed_value;
    }
    if constexpr (is_optional<T>) {
        if (is_null) {
            out.reset();
            return {};
        }
        return decode_value(type, bytes, out.emplace(), types);
    } else {
        return is_null ? errc::unexpected_null : decode_value(type, bytes, out, types);
    }
}

/// Of the first element that there is something to say about.
template <class T>
bool explain_elements(value_bytes bytes, const type_catalogue& types, std::string& out) {
    array_reader reader(bytes);
    value_bytes element;
    bool is_null = false;
    bool found = false;
    for (std::size_t left = reader.open() ? reader.size() : 0; left != 0 && !found && reader.next(element, is_null); --left) {
        found = !is_null && pg_type<T>::explain(reader.element_type(), element, types, out);
    }
    return found;
}

/// What all containers have that can be sent as an array.
template <class Container>
struct array_encoder {
    using part = typename Container::value_type;
    using element = typename array_leaf<part>::type;
    using value = without_optional_t<element>;

    static constexpr std::size_t array_dimensions = 1 + count_array_dimensions<part>();
    static constexpr type_reference reference = reference_to_array_of<value>();
    static constexpr oid_number oid = reference.oid;

    static void encode(const Container& container, value_writer& out)
        requires encodable<value>
    {
        array_dimension dimensions[array_dimensions];
        measure(container, dimensions);
        if (write_array_header(dimensions, has_nulls(container), reference_to<value>(), out)) {
            write(container, dimensions, out);
        }
    }

    /// The sizes of the first container of each level.
    static void measure(const Container& container, array_dimension* dimension) noexcept {
        *dimension = dimension_of(container.size());
        if constexpr (nested_array<part>) {
            if (container.size() != 0) {
                array_encoder<part>::measure(*container.begin(), dimension + 1);
            }
        }
    }

    static bool has_nulls(const Container& container) noexcept {
        if constexpr (is_optional<element>) {
            for (const part& p : container) {
                if constexpr (!nested_array<part>) {
                    if (!p) {
                        return true;
                    }
                } else if (array_encoder<part>::has_nulls(p)) {
                    return true;
                }
            }
        }
        return false;
    }

    static void write(const Container& container, const array_dimension* dimension, value_writer& out) {
        if (container.size() != static_cast<std::size_t>(dimension->size)) {
            return out.fail(errc::value_out_of_range); // the table is not rectangular
        }
        for (const part& p : container) {
            if constexpr (nested_array<part>) {
                array_encoder<part>::write(p, dimension + 1, out);
            } else {
                write_element(p, out);
            }
        }
    }
};

/// What a std::vector or std::array has in addition: it can be read.
template <class Container>
struct array_codec : array_encoder<Container> {
    using typename array_encoder<Container>::part;
    using typename array_encoder<Container>::value;

    static bool accepts(oid_number column, const type_catalogue& types = built_in_types()) noexcept
        requires decodable<value>
    {
        return read_inside_as<value>(types.element(column), types) != oids::unspecified;
    }

    static errc decode(oid_number, value_bytes bytes, Container& out, const type_catalogue& types = built_in_types())
        requires decodable<value>
    {
        array_reader reader(bytes);
        if (!reader.open()) {
            return errc::malformed_value;
        }
        const oid_number type = read_inside_as<value>(reader.element_type(), types);
        if (type == oids::unspecified) {
            return errc::malformed_value;
        }
        const array_dimension none;
        const auto dimensions = reader.dimensions();
        if (!dimensions.empty() && dimensions.size() != array_codec::array_dimensions) {
            return errc::value_out_of_range;
        }
        const errc failure = read(reader, type, dimensions.empty() ? &none : dimensions.data(), out, types);
        return failure == errc{} && !reader.at_end() ? errc::malformed_value : failure;
    }

    static bool explain(oid_number, value_bytes bytes, const type_catalogue& types, std::string& out)
        requires explains<value>
    {
        return explain_elements<value>(bytes, types, out);
    }

    static errc read(array_reader& reader, oid_number type, const array_dimension* dimension, Container& out,
                     const type_catalogue& types) {
        const auto size = static_cast<std::size_t>(dimension->size);
        if constexpr (requires { out.resize(size); }) {
            out.clear();
            out.resize(size); // not more than there are bytes
        } else if (out.size() != size) {
            return errc::value_out_of_range;
        }
        for (std::size_t i = 0; i < size; ++i) {
            if (const errc failure = read_at(i, reader, type, dimension, out, types); failure != errc{}) {
                return failure;
            }
        }
        return {};
    }

private:
    static errc read_at(std::size_t i, array_reader& reader, oid_number type, const array_dimension* dimension, Container& out,
                        const type_catalogue& types) {
        if constexpr (std::is_same_v<part, bool>) {
            bool p = false; // a std::vector<bool> has no place that is one
            const errc failure = read_part(reader, type, dimension, p, types);
            out[i] = p;
            return failure;
        } else {
            return read_part(reader, type, dimension, out[i], types);
        }
    }

    static errc read_part(array_reader& reader, oid_number type, const array_dimension* dimension, part& out,
                          const type_catalogue& types) {
        if constexpr (nested_array<part>) {
            return array_codec<part>::read(reader, type, dimension + 1, out, types);
        } else {
            return read_element(reader, type, out, types);
        }
    }
};

} // namespace pgcoro::detail
