// SPDX-License-Identifier: BSL-1.0
// What one server has told about types that the library does not know by itself: those of users and extensions, whose OIDs
// differ from database to database, and those of the server's own schemas, whose OIDs differ from version to version.
#pragma once

#include <pgcoro/detail/object_names.hpp>
#include <pgcoro/oids.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::detail {

/// Which types the library knows without asking: their OIDs are the same on every server, and so is what they are made of.
inline constexpr std::size_t built_in_limit = 6528;
extern const std::array<std::uint64_t, built_in_limit / 64> built_in_bits;

inline bool is_built_in(oid_number type) noexcept {
    return type < built_in_limit && (built_in_bits[type / 64] >> (type % 64) & 1) != 0;
}
/// All such types.
const std::vector<oid_number>& built_in_oids();

/// Those of them whose values say all there is to say: not of regclass and its like, which stand for names, and not those that
/// hold values of types that only the values themselves tell.
extern const std::array<std::uint64_t, built_in_limit / 64> plain_bits;

inline bool is_plain(oid_number type) noexcept {
    return type < built_in_limit && (plain_bits[type / 64] >> (type % 64) & 1) != 0;
}

/// What a session asks its server about: types by number and by name, and the names of objects.
struct wanted_types {
    std::vector<oid_number> numbers;
    std::vector<std::string_view> names;
    std::vector<object_key> objects;

    bool empty() const noexcept { return numbers.empty() && names.empty() && objects.empty(); }
    void append(const wanted_types& more);
};

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
    /// Found without its schema, by way of the search path, when the server was asked.
    bool visible = false;
    /// pg_type.typtype: 'b' base, 'c' composite, 'd' domain, 'e' enum, 'm' multirange, 'p' pseudo, 'r' range.
    char kind = 'b';
    /// The types and the names of a composite's attributes, in order.
    std::vector<oid_number> attributes;
    std::vector<std::string> attribute_names;
    /// What pg_type.typsend does.
    binary_output sent_as = binary_output::other;
};

/// The name of a type of which nothing else is known.
struct type_label {
    oid_number oid = oids::unspecified;
    std::string name;
};

/// Answers the questions that decoding and encoding ask, for built-in types too. Shared between threads, so never changed.
///
/// What a type is made of depends on its OID alone. Whether a name without a schema means it depends on the session's
/// search_path and role as well: that part can be forgotten by itself.
class type_catalogue {
public:
    type_catalogue() = default;
    /// Of a server of this version, on which the text of some values depends. 0 is an old one.
    explicit type_catalogue(int server_version) noexcept : server_version_(server_version) {}
    type_catalogue(const type_catalogue& older, std::vector<user_type> learned);

    /// The same types, but which of them the search path finds is no longer known.
    type_catalogue without_visibility() const;
    /// There is something that `without_visibility` would forget.
    bool has_visibility() const noexcept;

    /// The same types, and what the objects in one result are called. That changes, so nobody remembers it.
    type_catalogue with_objects(std::vector<named_object> objects) const;
    /// The name of what a value of regclass or its like stands for, or null if the server was not asked.
    const std::string* name_of(object_key key) const noexcept { return objects_ ? objects_->find(key) : nullptr; }

    /// The same types, and what some others are called, for `describe`.
    type_catalogue with_labels(std::vector<type_label> labels) const;

    /// As `server_version_num`: 150004 for 15.4; 0 if it is not known.
    int server_version() const noexcept { return server_version_; }

    /// Nothing about the type needs to be asked.
    bool knows(oid_number type) const noexcept;

    /// The OID of a type by its name in SQL, with or without its schema; `oids::unspecified` if it is not known.
    oid_number named(std::string_view sql_name) const noexcept;
    /// `type` has that name, or is a domain over a type of that name; or the name is that of a domain over `type`, for a column
    /// of a domain comes as what the domain is made of.
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
    struct entry {
        std::shared_ptr<const user_type> type;
        bool visibility_known;
    };

    std::string name_of_type(oid_number type) const;
    bool lacks_binary(oid_number type, bool by_attribute, int depth) const noexcept;
    const entry* find_entry(oid_number type) const noexcept;
    static bool has_name(const entry& e, std::string_view sql_name) noexcept;

    std::vector<entry> types_; // by OID
    std::shared_ptr<const object_names> objects_;
    std::shared_ptr<const std::vector<type_label>> labels_;
    int server_version_ = 0;
};

using type_catalogue_ptr = std::shared_ptr<const type_catalogue>;

/// One that knows nothing but the built-in types.
const type_catalogue& built_in_types() noexcept;

} // namespace pgcoro::detail
