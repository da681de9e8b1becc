// SPDX-License-Identifier: BSL-1.0
// What one server has told of types that are not built in. Their OIDs differ from database to database.
#pragma once

#include <pgcoro/oids.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

/// OIDs from here on are given to what users and extensions create.
inline constexpr oid_number first_user_oid = 16384;

/// What the binary format of a type is.
enum class binary_output : char {
    /// The type has none: its values come as text only.
    none = 'n',
    /// Its text, as the server's textsend writes it.
    text = 't',
    other = 'o',
};

/// A row of pg_type.
struct user_type {
    oid_number oid = oids::unspecified;
    /// The type of arrays of it, if it is none itself.
    oid_number array = oids::unspecified;
    /// What an array has as elements.
    oid_number element = oids::unspecified;
    /// What a domain is made of.
    oid_number base = oids::unspecified;
    /// What a range is made of, or the range type a multirange is made of.
    oid_number subtype = oids::unspecified;
    std::string schema;
    std::string name;
    /// Found without its schema, by way of the search path.
    bool visible = false;
    /// pg_type.typtype: 'b' base, 'c' composite, 'd' domain, 'e' enum, 'm' multirange, 'r' range.
    char kind = 'b';
    /// The types of a composite's attributes, in order.
    std::vector<oid_number> attributes;
    /// What pg_type.typsend does.
    binary_output sent_as = binary_output::other;
};

/// Answers the questions that decoding and encoding ask, for built-in types too. Shared between threads, so never changed.
class type_catalogue {
public:
    type_catalogue() = default;
    type_catalogue(const type_catalogue& older, std::vector<user_type> learned);

    bool knows(oid_number type) const noexcept { return type < first_user_oid || find(type); }

    /// The OID of a type by its name in SQL, with or without its schema; `oids::unspecified` if it is not known.
    oid_number named(std::string_view sql_name) const noexcept;
    /// `type` is a user's type of that name.
    bool is(oid_number type, std::string_view sql_name) const noexcept;

    /// Of an array: what its elements are. `oids::unspecified` otherwise.
    oid_number element(oid_number array) const noexcept;
    oid_number array_of(oid_number element) const noexcept;
    /// Of a domain, or a domain over one: what it is made of. Otherwise the type itself.
    oid_number base(oid_number type) const noexcept;
    /// Of a range: what its bounds are. Of a multirange: the type of its ranges. `oids::unspecified` otherwise.
    oid_number subtype(oid_number range) const noexcept;

    /// What the binary format of a value is, of a domain that of what it is made of.
    binary_output sent_as(oid_number type) const noexcept;
    /// Its values, but for NULL, come as text only.
    bool never_binary(oid_number type) const noexcept { return lacks_binary(type, false, 16); }
    /// They come as text only, or some of them do: a composite with an attribute that is not NULL.
    bool may_lack_binary(oid_number type) const noexcept { return lacks_binary(type, true, 16); }

    /// What is known of a type that is not built in, or null.
    const user_type* find(oid_number type) const noexcept;

    /// As SQL has it: "int8", "mood[]", "shop.address"; "type 16403" if it is not known.
    std::string describe(oid_number type) const;

private:
    bool lacks_binary(oid_number type, bool by_attribute, int depth) const noexcept;

    std::vector<user_type> types_;
};

using type_catalogue_ptr = std::shared_ptr<const type_catalogue>;

/// One that knows nothing but the built-in types.
const type_catalogue& built_in_types() noexcept;

} // namespace pgcoro::detail
