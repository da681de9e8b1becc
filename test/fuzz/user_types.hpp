// SPDX-License-Identifier: BSL-1.0
// Types that users and extensions create, as a server could have told of them. The seeds hold their numbers.
#pragma once

#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/enum.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/range.hpp>
#include <pgcoro/types/strong.hpp>
#include <pgcoro/types/text.hpp>

#include <optional>
#include <string>

namespace pgcoro::fuzz {

enum class mood { sad, light_blue };

struct place {
    int number = 0;
    std::optional<std::string> street;
};

struct share {
    double value = 0;
};

namespace numbers {
inline constexpr oid_number mood = 16400, place = 16402, positive = 16404, int_list = 16406, floatrange = 16408,
                            floatmultirange = 16410, citext = 16412, ltree = 16414, hstore = 16416;
}

/// The number of a type's array is the next one.
inline detail::user_type user_type(oid_number number, std::string name, char kind) {
    detail::user_type type;
    type.oid = number;
    type.array = number + 1;
    type.schema = "public";
    type.name = std::move(name);
    type.visible = true;
    type.kind = kind;
    return type;
}

inline const detail::type_catalogue& user_types() {
    static const detail::type_catalogue all = [] {
        std::vector<detail::user_type> types{
            user_type(numbers::mood, "mood", 'e'),
            user_type(numbers::place, "place", 'c'),
            user_type(numbers::positive, "positive", 'd'),
            user_type(numbers::int_list, "int_list", 'd'),
            user_type(numbers::floatrange, "floatrange", 'r'),
            user_type(numbers::floatmultirange, "floatmultirange", 'm'),
            user_type(numbers::citext, "citext", 'b'),
            user_type(numbers::ltree, "ltree", 'b'),
            user_type(numbers::hstore, "hstore", 'b'),
        };
        types[1].attributes = {oids::int4, oids::text};
        types[2].base = oids::int4;
        types[3].base = oids::int4_array;
        types[4].subtype = oids::float8;
        types[5].subtype = numbers::floatrange;
        for (std::size_t i = 0, count = types.size(); i < count; ++i) {
            auto array = user_type(types[i].array, "_" + types[i].name, 'b');
            array.array = oids::unspecified;
            array.element = types[i].oid;
            types.push_back(std::move(array));
        }
        return detail::type_catalogue({}, std::move(types));
    }();
    return all;
}

} // namespace pgcoro::fuzz

template <>
struct pgcoro::pg_type<pgcoro::fuzz::mood> : pgcoro::enum_type<pgcoro::fuzz::mood> {
    static constexpr std::string_view sql_name = "mood";
    static constexpr pgcoro::enum_label<pgcoro::fuzz::mood> labels[] = {{pgcoro::fuzz::mood::sad, "sad"},
                                                                        {pgcoro::fuzz::mood::light_blue, "light blue"}};
};
template <>
struct pgcoro::pg_type<pgcoro::fuzz::place> : pgcoro::composite_type<pgcoro::fuzz::place> {
    static constexpr std::string_view sql_name = "place";
};
template <>
struct pgcoro::pg_type<pgcoro::fuzz::share> : pgcoro::strong_type<&pgcoro::fuzz::share::value> {};
template <>
struct pgcoro::range_traits<pgcoro::fuzz::share> {
    static constexpr std::string_view sql_name = "floatrange";
    static constexpr std::string_view multirange_sql_name = "floatmultirange";
};
