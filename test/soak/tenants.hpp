// SPDX-License-Identifier: BSL-1.0
// Two schemas with a type of the same name: the search_path and the role decide which one a transaction means.
#pragma once

#include <pgcoro/error.hpp>
#include <pgcoro/sqlstate.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>
#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace pgcoro::test {

struct label {
    std::int64_t id;
    std::string tenant;

    friend bool operator==(const label&, const label&) = default;
};

/// Each table takes the labels of its own tenant only. The role may use one schema of the two.
inline void create_tenants(testing::ephemeral_server& server) {
    for (const std::string name : {"a", "b"}) {
        const std::string schema = "tenant_" + name;
        server.run_sql("create schema " + schema).value();
        server.run_sql("create type " + schema + ".label as (id bigint, tenant text)").value();
        server.run_sql("create table " + schema + ".labels (l " + schema + ".label check ((l).tenant = '" + name + "'))")
            .value();
    }
    server.run_sql("create role tenant").value();
    server.run_sql("grant usage on schema tenant_b to tenant").value();
    server.run_sql("grant select, insert on tenant_b.labels to tenant").value();
}

/// The ids of all rows that the ledger is told about.
inline constexpr const char* all_rows =
    "select id from kept union all select (l).id from tenant_a.labels union all select (l).id from tenant_b.labels";

/// Only a wrong belief about a type leads to these.
inline bool is_mistaken_type(const error& e) noexcept {
    return e == errc::type_mismatch || e == errc::attribute_mismatch || e == errc::unknown_type ||
           e == sqlstate::datatype_mismatch || e == sqlstate::undefined_object || e == sqlstate::undefined_function ||
           e == sqlstate::check_violation || e == sqlstate::internal_error;
}

} // namespace pgcoro::test

template <>
struct pgcoro::pg_type<pgcoro::test::label> : pgcoro::composite_type<pgcoro::test::label> {
    static constexpr std::string_view sql_name = "label";
};
