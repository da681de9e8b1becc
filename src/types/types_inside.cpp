// SPDX-License-Identifier: BSL-1.0
#include "types/types_inside.hpp"

#include <pgcoro/detail/array_format.hpp>
#include <pgcoro/detail/composite_format.hpp>
#include <pgcoro/detail/range_format.hpp>
#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/quote.hpp>

namespace pgcoro::detail {
namespace {

constexpr std::uint32_t at_element_type = 8; // behind the number of dimensions and the flags

/// One value, whose parts are views of its bytes.
class type_search {
public:
    type_search(value_bytes whole, const type_catalogue& types, std::vector<type_inside>& out) noexcept
        : whole_(whole), types_(types), out_(out) {}

    errc look(oid_number type, value_bytes bytes, int depth) {
        type = types_.base(type);
        if (is_built_in(type)) {
            return {}; // the server accepts no values of those that hold others: record, anyarray
        }
        if (depth == 0) {
            return errc::value_out_of_range;
        }
        if (types_.element(type) != oids::unspecified) {
            return look_into_array(bytes, depth - 1);
        }
        const auto* const known = types_.find(type);
        switch (known ? known->kind : 'b') {
        case 'c': return look_into_composite(known->attributes.size(), bytes, depth - 1);
        case 'r': return look_into_range(known->subtype, bytes, depth - 1);
        case 'm': return look_into_multirange(known->subtype, bytes, depth - 1);
        default: return {};
        }
    }

private:
    void note(oid_number type, const std::byte* at) {
        if (!is_built_in(type)) {
            out_.push_back({type, static_cast<std::uint32_t>(at - whole_.data())});
        }
    }

    errc look_into_array(value_bytes bytes, int depth) {
        array_reader array(bytes);
        if (!array.open()) {
            return errc::malformed_value;
        }
        note(array.element_type(), bytes.data() + at_element_type);
        for (std::size_t i = 0; i < array.size(); ++i) {
            value_bytes element;
            bool is_null = false;
            if (!array.next(element, is_null)) {
                return errc::malformed_value;
            }
            if (const errc failure = is_null ? errc{} : look(array.element_type(), element, depth); failure != errc{}) {
                return failure;
            }
        }
        return array.at_end() ? errc{} : errc::malformed_value;
    }

    errc look_into_composite(std::size_t attributes, value_bytes bytes, int depth) {
        composite_reader composite(bytes);
        if (const errc failure = composite.open(attributes); failure != errc{}) {
            return failure;
        }
        constexpr std::size_t number = sizeof(std::uint32_t);
        std::size_t at = number;
        for (std::size_t i = 0; i < attributes; ++i) {
            composite_reader::field field;
            if (!composite.next(field)) {
                return errc::malformed_value;
            }
            note(field.type, bytes.data() + at);
            at += 2 * number + (field.is_null ? 0 : field.bytes.size());
            if (const errc failure = field.is_null ? errc{} : look(field.type, field.bytes, depth); failure != errc{}) {
                return failure;
            }
        }
        return composite.at_end() ? errc{} : errc::malformed_value;
    }

    errc look_into_range(oid_number subtype, value_bytes bytes, int depth) {
        range_parts range;
        if (!split_range(bytes, range)) {
            return errc::malformed_value;
        }
        for (const auto bound : {range.lower, range.upper}) { // no bytes: there is none
            if (const errc failure = bound.empty() ? errc{} : look(subtype, bound, depth); failure != errc{}) {
                return failure;
            }
        }
        return {};
    }

    errc look_into_multirange(oid_number range, value_bytes bytes, int depth) {
        multirange_reader ranges(bytes);
        if (!ranges.open()) {
            return errc::malformed_value;
        }
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            value_bytes one;
            if (!ranges.next(one)) {
                return errc::malformed_value;
            }
            if (const errc failure = look(range, one, depth); failure != errc{}) {
                return failure;
            }
        }
        return ranges.at_end() ? errc{} : errc::malformed_value;
    }

    value_bytes whole_;
    const type_catalogue& types_;
    std::vector<type_inside>& out_;
};

} // namespace

errc find_types_inside(oid_number type, value_bytes bytes, const type_catalogue& types, std::vector<type_inside>& out) {
    return type_search(bytes, types, out).look(type, bytes, most_nested);
}

result<portable_name> portable_name_of(oid_number type, const type_catalogue& types) {
    const auto* known = types.find(types.element(type));
    const bool is_array = known && known->array == type;
    known = is_array ? known : types.find(type);
    if (!known) {
        return error(errc::unknown_type);
    }
    BOOST_OUTCOME_TRY(const auto schema, quote_identifier(known->schema));
    BOOST_OUTCOME_TRY(const auto name, quote_identifier(known->name));
    return portable_name{schema + "." + name, is_array};
}

} // namespace pgcoro::detail
