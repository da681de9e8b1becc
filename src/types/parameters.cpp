// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/parameters.hpp>

#include "types/missing_number.hpp"
#include "types/received_value.hpp"
#include "types/types_inside.hpp"

#include <pgcoro/detail/composite_format.hpp>
#include <pgcoro/types/text.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace pgcoro {
namespace {

using missing_type = value_writer::missing_type;

/// In binary, too, a value of the type is its text.
bool is_text(oid_number type, const detail::type_catalogue& types) noexcept {
    switch (type) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::json:
    case oids::xml: return true;
    default: return detail::is_users_text(type, types);
    }
}

/// The attribute's type takes values that were encoded as another one.
bool takes(oid_number attribute, oid_number encoded_as, const detail::type_catalogue& types) noexcept {
    return encoded_as == oids::unspecified || attribute == encoded_as ||
           (encoded_as == oids::text && is_text(attribute, types));
}

} // namespace

error detail::find_number(const type_catalogue& types, const missing_type& wanted, oid_number& number) {
    const auto* const known = types.find(types.named(wanted.sql_name));
    if (!known) {
        return error(errc::unknown_type, "the server has no type \"" + std::string(wanted.sql_name) + "\"");
    }
    switch (wanted.part) {
    case missing_type::which::itself: number = known->oid; return {};
    case missing_type::which::array: number = known->array; return {};
    case missing_type::which::attribute: break;
    }
    const auto* const composite = types.find(types.base(known->oid)); // of a domain, too
    const std::size_t count = composite ? composite->attributes.size() : 0;
    const std::string name = "the composite type \"" + std::string(wanted.sql_name) + "\"";
    if (wanted.attribute >= count || (wanted.attributes != 0 && wanted.attributes != count)) {
        const auto sent = std::max(wanted.attributes, wanted.attribute + 1);
        return error(errc::attribute_mismatch, name + " has " + std::to_string(count) +
                                                   (count == 1 ? " attribute " : " attributes ") +
                                                   (composite ? describe_attributes(*composite, types) : "()") +
                                                   ", but the value has " + std::to_string(sent));
    }
    number = composite->attributes[wanted.attribute];
    if (const auto base = types.base(number); !takes(base, wanted.encoded_as, types)) {
        std::string position = "attribute " + std::to_string(wanted.attribute + 1);
        if (wanted.attribute < composite->attribute_names.size()) {
            position += " (" + composite->attribute_names[wanted.attribute] + ")";
        }
        return error(errc::attribute_mismatch, position + " of " + name + " is " + types.describe(base) +
                                                   ", but the value is " + types.describe(wanted.encoded_as));
    }
    return {};
}

struct parameters::missing_types {
    std::vector<value_writer::missing_type> inside;
    std::vector<value_writer::missing_type> of_parameters; // `at` is the index of the parameter
    std::vector<std::shared_ptr<const std::string>> names; // those that are not static; copies share them

    missing_type reference(const detail::portable_name& type) {
        auto known = std::ranges::find(names, type.sql_name, [](const auto& name) -> const std::string& { return *name; });
        if (known == names.end()) {
            known = names.insert(names.end(), std::make_shared<const std::string>(type.sql_name));
        }
        return {**known, type.is_array ? missing_type::which::array : missing_type::which::itself, 0};
    }
};

void parameters::end_missing_types::operator()(missing_types* types) const noexcept { delete types; }

parameters::parameters(const parameters& other)
    : count_(other.count_),
      failure_(other.failure_),
      failed_(other.failed_),
      missing_(other.missing_ ? new missing_types(*other.missing_) : nullptr),
      bytes_(other.bytes_) {
    if (other.slots_ != other.inline_) {
        slots_ = new slot[4 * other.capacity_];
        capacity_ = other.capacity_;
    }
    for (std::size_t array = 0; array < 4; ++array) {
        std::copy_n(other.slots_ + array * capacity_, count_, slots_ + array * capacity_);
    }
}

parameters::parameters(parameters&& other) noexcept
    : count_(other.count_),
      failure_(other.failure_),
      failed_(other.failed_),
      missing_(std::move(other.missing_)),
      bytes_(std::move(other.bytes_)) {
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
        missing_ = std::move(other.missing_);
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

std::vector<value_writer::missing_type>* parameters::note_named(const detail::type_reference& type) {
    if (!missing_) {
        missing_.reset(new missing_types);
    }
    using enum value_writer::missing_type::which;
    missing_->of_parameters.push_back({type.sql_name, type.is_array ? array : itself, static_cast<slot>(count_)});
    return &missing_->inside;
}

void parameters::push_received(const detail::received_value& value) {
    const bool is_built_in = detail::is_built_in(value.type);
    std::vector<detail::type_inside> found; // the last one is the value's own
    if (!value.is_null && value.format == 1) {
        if (const errc failure = find_types_inside(value.type, value.bytes, value.types, found); failure != errc{}) {
            return push_failure(failure);
        }
    }
    if (!is_built_in) {
        found.push_back({value.type, static_cast<slot>(count_)});
    }
    std::vector<std::pair<oid_number, missing_type>> references; // one for each type
    const auto reference_to = [&](oid_number type) {
        return std::ranges::find(references, type, [](const auto& r) { return r.first; });
    };
    for (const auto& part : found) {
        if (reference_to(part.type) != references.end()) {
            continue;
        }
        const auto name = portable_name_of(part.type, value.types);
        if (!name) {
            return push_failure(static_cast<errc>(name.error().code().value()));
        }
        if (!missing_) {
            missing_.reset(new missing_types);
        }
        references.emplace_back(part.type, missing_->reference(name.assume_value()));
    }
    const std::size_t start = bytes_.size();
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool is_own = !is_built_in && i + 1 == found.size();
        auto& list = is_own ? missing_->of_parameters : missing_->inside;
        list.push_back(reference_to(found[i].type)->second);
        list.back().at = static_cast<slot>(is_own ? found[i].at : start + found[i].at);
    }
    if (value.is_null) {
        return push_null(is_built_in ? value.type : oids::unspecified);
    }
    value_writer(bytes_).put(value.bytes.data(), value.bytes.size());
    if (value.format == 0) {
        *bytes_.extend(1) = std::byte{0};
    }
    append(is_built_in ? value.type : oids::unspecified, static_cast<slot>(value.format), static_cast<slot>(value.bytes.size()),
           static_cast<slot>(start));
}

std::vector<std::string_view> parameters::named_types() const {
    std::vector<std::string_view> names;
    if (missing_) {
        for (const auto* list : {&missing_->of_parameters, &missing_->inside}) {
            for (const auto& type : *list) {
                if (std::ranges::find(names, type.sql_name) == names.end()) {
                    names.push_back(type.sql_name);
                }
            }
        }
    }
    return names;
}

error parameters::fill_in(const detail::type_catalogue& types) {
    if (!missing_) {
        return {};
    }
    for (const auto& type : missing_->of_parameters) {
        if (error e = detail::find_number(types, type, slots_[type.at])) {
            return e;
        }
    }
    for (const auto& type : missing_->inside) {
        oid_number number = oids::unspecified;
        if (error e = detail::find_number(types, type, number)) {
            return e;
        }
        detail::store_big_endian(bytes_.data() + type.at, number);
    }
    return {};
}

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
