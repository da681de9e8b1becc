// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/composite_format.hpp>

#include <pgcoro/detail/big_endian.hpp>

namespace pgcoro::detail {

bool composite_reader::take(std::uint32_t& number) noexcept {
    if (rest_.size() < sizeof number) {
        return false;
    }
    number = load_big_endian<std::uint32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof number);
    return true;
}

errc composite_reader::open(std::size_t fields) noexcept {
    std::uint32_t count = 0;
    if (!take(count)) {
        return errc::malformed_value;
    }
    return count == fields ? errc{} : errc::attribute_mismatch;
}

bool composite_reader::next(field& out) noexcept {
    std::uint32_t length = 0;
    if (!take(out.type) || !take(length)) {
        return false;
    }
    out.is_null = length == ~std::uint32_t{0};
    out.bytes = {};
    if (out.is_null) {
        return true;
    }
    if (length > rest_.size()) {
        return false;
    }
    out.bytes = rest_.first(length);
    rest_ = rest_.subspan(length);
    return true;
}

namespace {

/// Of a value, whose attributes are those of its type unless that has changed.
std::string describe_fields(oid_number type, value_bytes bytes, const type_catalogue& types) {
    user_type now;
    composite_reader reader(bytes);
    static_cast<void>(reader.open(0));
    for (composite_reader::field field; reader.next(field);) {
        now.attributes.push_back(field.type);
    }
    if (const auto* const known = types.find(type); known && known->attributes == now.attributes) {
        now.attribute_names = known->attribute_names;
    }
    return describe_attributes(now, types);
}

std::string count_of(std::size_t attributes) {
    return std::to_string(attributes) + (attributes == 1 ? " attribute" : " attributes");
}

} // namespace

std::string describe_attributes(const user_type& composite, const type_catalogue& types) {
    constexpr std::size_t most_shown = 100;
    std::string text = "(";
    for (std::size_t i = 0; i < composite.attributes.size(); ++i) {
        text += i == 0 ? "" : ", ";
        if (i == most_shown) {
            text += "...";
            break;
        }
        if (i < composite.attribute_names.size()) {
            text += composite.attribute_names[i] + " ";
        }
        text += types.describe(composite.attributes[i]);
    }
    return text + ")";
}

void describe_attribute_count(oid_number type, value_bytes bytes, std::string_view cpp_name, std::size_t members,
                              const type_catalogue& types, std::string& out) {
    std::uint32_t count = 0;
    if (bytes.size() >= sizeof count) {
        count = load_big_endian<std::uint32_t>(bytes.data());
    }
    out.append(types.describe(type)).append(" has ").append(count_of(count)).append(" ");
    out.append(describe_fields(type, bytes, types)).append(", ").append(cpp_name).append(" has ");
    out.append(std::to_string(members));
}

void describe_wrong_attribute(oid_number composite, std::size_t index, oid_number type, std::string_view cpp_name,
                              const type_catalogue& types, std::string& out) {
    out.append("attribute ").append(std::to_string(index + 1));
    if (const auto* const known = types.find(composite); known && index < known->attribute_names.size()) {
        out.append(" (").append(known->attribute_names[index]).append(")");
    }
    out.append(" of ").append(types.describe(composite)).append(" is ").append(types.describe(type));
    out.append(", which ").append(cpp_name).append(" cannot hold");
}

} // namespace pgcoro::detail
