// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/type_catalogue.hpp>

#include <pgcoro/detail/range_format.hpp>

#include <algorithm>
#include <utility>

namespace pgcoro::detail {
namespace {

/// Takes the first identifier of a name off it, as SQL reads it: folded to small letters unless it is quoted.
std::string take_identifier(std::string_view& rest) {
    std::string taken;
    const bool quoted = rest.starts_with('"');
    std::size_t i = quoted ? 1 : 0;
    for (; i < rest.size(); ++i) {
        const char c = rest[i];
        if (quoted && c == '"') {
            if (!rest.substr(i + 1).starts_with('"')) {
                ++i;
                break;
            }
            ++i;
        } else if (!quoted && c == '.') {
            break;
        }
        taken += !quoted && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    rest.remove_prefix(i);
    return taken;
}

constexpr auto oid_of = [](const auto& entry) noexcept { return entry.type->oid; };

} // namespace

bool type_catalogue::has_name(const entry& e, std::string_view sql_name) noexcept {
    const user_type& type = *e.type;
    auto name = take_identifier(sql_name);
    if (!sql_name.starts_with('.')) {
        return e.visibility_known && type.visible && type.name == name && sql_name.empty();
    }
    sql_name.remove_prefix(1);
    const auto schema = std::exchange(name, take_identifier(sql_name));
    return type.schema == schema && type.name == name && sql_name.empty();
}

void wanted_types::append(const wanted_types& more) {
    numbers.insert(numbers.end(), more.numbers.begin(), more.numbers.end());
    names.insert(names.end(), more.names.begin(), more.names.end());
    objects.insert(objects.end(), more.objects.begin(), more.objects.end());
}

type_catalogue::type_catalogue(const type_catalogue& older, std::vector<user_type> learned)
    : server_version_(older.server_version_) {
    // A type that was dropped and created again has another number, and an old number may belong to another type.
    for (const auto& known : older.types_) {
        const user_type& type = *known.type;
        bool is_outdated = false;
        bool is_hidden = false;
        for (const auto& t : learned) {
            is_outdated = is_outdated || t.oid == type.oid || (t.name == type.name && t.schema == type.schema);
            is_hidden = is_hidden || (t.name == type.name && t.visible);
        }
        if (!is_outdated) {
            types_.push_back({known.type, known.visibility_known && !is_hidden});
        }
    }
    for (auto& t : learned) {
        types_.push_back({std::make_shared<const user_type>(std::move(t)), true});
    }
    std::ranges::sort(types_, {}, oid_of);
}

type_catalogue type_catalogue::without_visibility() const {
    type_catalogue other(*this);
    for (auto& known : other.types_) {
        known.visibility_known = false;
    }
    return other;
}

type_catalogue type_catalogue::with_objects(std::vector<named_object> objects) const {
    type_catalogue other(*this);
    other.objects_ = std::make_shared<const object_names>(std::move(objects));
    return other;
}

type_catalogue type_catalogue::with_labels(std::vector<type_label> labels) const {
    type_catalogue other(*this);
    other.labels_ = std::make_shared<const std::vector<type_label>>(std::move(labels));
    return other;
}

bool type_catalogue::has_visibility() const noexcept {
    return std::ranges::any_of(types_, [](const entry& e) { return e.visibility_known; });
}

bool type_catalogue::knows(oid_number type) const noexcept {
    if (is_built_in(type)) {
        return true;
    }
    const auto* const known = find_entry(type);
    return known && known->visibility_known;
}

const type_catalogue::entry* type_catalogue::find_entry(oid_number type) const noexcept {
    const auto at = std::ranges::lower_bound(types_, type, {}, oid_of);
    return at != types_.end() && at->type->oid == type ? &*at : nullptr;
}

const user_type* type_catalogue::find(oid_number type) const noexcept {
    const auto* const known = find_entry(type);
    return known ? known->type.get() : nullptr;
}

oid_number type_catalogue::named(std::string_view sql_name) const noexcept {
    const auto at = std::ranges::find_if(types_, [&](const entry& e) { return has_name(e, sql_name); });
    return at == types_.end() ? oids::unspecified : at->type->oid;
}

bool type_catalogue::is(oid_number type, std::string_view sql_name) const noexcept {
    oid_number at = type;
    // No more steps than there are types: two that the server says are made of each other do not keep us forever.
    for (std::size_t step = 0; step < types_.size(); ++step) {
        const auto* const known = find_entry(at);
        if (!known) {
            break;
        }
        if (has_name(*known, sql_name)) {
            return true;
        }
        at = known->type->base;
    }
    const auto* const domain = find(named(sql_name));
    return domain && domain->kind == 'd' && base(domain->oid) == type;
}

oid_number type_catalogue::element(oid_number array) const noexcept {
    if (array == oids::unspecified || is_built_in(array)) {
        return pgcoro::array_element(array);
    }
    if (const auto* known = find(array)) {
        return known->element;
    }
    const auto at = std::ranges::find(types_, array, [](const entry& e) { return e.type->array; });
    return at == types_.end() ? oids::unspecified : at->type->oid;
}

oid_number type_catalogue::array_of(oid_number element) const noexcept {
    const auto* const known = find(element);
    return known ? known->array : oids::unspecified;
}

oid_number type_catalogue::base(oid_number type) const noexcept {
    // As above.
    for (std::size_t step = 0; step < types_.size() && !is_built_in(type); ++step) {
        const auto* const known = find(type);
        if (!known || known->base == oids::unspecified) {
            break;
        }
        type = known->base;
    }
    return type;
}

oid_number type_catalogue::subtype(oid_number range) const noexcept {
    const auto* const known = find(range);
    return known ? known->subtype : built_in_subtype(range);
}

binary_output type_catalogue::sent_as(oid_number type) const noexcept {
    const oid_number made_of = base(type);
    if (const auto* const known = find(made_of)) {
        return known->sent_as;
    }
    return has_no_binary(made_of) ? binary_output::none : binary_output::other;
}

bool type_catalogue::lacks_binary(oid_number type, bool by_attribute, int depth) const noexcept {
    if (depth == 0) {
        return false;
    }
    const oid_number made_of = base(type);
    if (sent_as(made_of) == binary_output::none) {
        return true;
    }
    for (const oid_number part : {element(made_of), subtype(made_of)}) {
        if (part != oids::unspecified && lacks_binary(part, by_attribute, depth - 1)) {
            return true;
        }
    }
    const auto* const known = find(made_of);
    return by_attribute && known &&
           std::ranges::any_of(known->attributes, [&](oid_number t) { return lacks_binary(t, by_attribute, depth - 1); });
}

std::string type_catalogue::name_of_type(oid_number type) const {
    if (const auto* const known = find_entry(type)) {
        const user_type& t = *known->type;
        return known->visibility_known && t.visible ? t.name : t.schema + "." + t.name;
    }
    if (labels_) {
        if (const auto at = std::ranges::find(*labels_, type, &type_label::oid); at != labels_->end()) {
            return at->name;
        }
    }
    return type_name(type);
}

std::string type_catalogue::describe(oid_number type) const {
    const auto element_type = is_built_in(type) ? oids::unspecified : element(type);
    return element_type != oids::unspecified ? name_of_type(element_type) + "[]" : name_of_type(type);
}

const type_catalogue& built_in_types() noexcept {
    static const type_catalogue none;
    return none;
}

} // namespace pgcoro::detail
