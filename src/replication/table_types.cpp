// SPDX-License-Identifier: BSL-1.0
#include "replication/table_types.hpp"

#include <libpq-fe.h>

#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::replication {
namespace {

/// The columns as a result has them.
detail::result_handle description_of_columns(const std::vector<column>& columns) {
    std::vector<PGresAttDesc> described;
    described.reserve(columns.size());
    for (const auto& c : columns) {
        // libpq copies the names.
        described.push_back({const_cast<char*>(c.name.c_str()), 0, 0, c.is_text ? 0 : 1, c.type, 0, c.modifier});
    }
    detail::result_handle made(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
    if (!made || PQsetResultAttrs(made.get(), static_cast<int>(described.size()), described.data()) == 0) {
        throw std::bad_alloc();
    }
    return made;
}

/// What messages call a type that is not known. The server gives a domain the name of its base type.
std::string label_of(const column& c) {
    constexpr std::string_view built_in = "pg_catalog.";
    return c.type_name.starts_with(built_in) ? "a domain over " + c.type_name.substr(built_in.size()) : c.type_name;
}

/// With the names of those types of columns of which nothing is known, as when they were dropped before anyone asked.
detail::type_catalogue_ptr with_names(detail::type_catalogue_ptr types, const std::vector<column>& columns) {
    std::vector<detail::type_label> labels;
    for (const auto& c : columns) {
        if (!c.type_name.empty() && !detail::is_built_in(c.type) && !types->find(c.type)) {
            labels.push_back({c.type, label_of(c)});
        }
    }
    return labels.empty() ? types : std::make_shared<const detail::type_catalogue>(types->with_labels(std::move(labels)));
}

} // namespace

std::vector<oid_number> unknown_types(const table& described, const detail::type_catalogue& types) {
    std::vector<oid_number> unknown;
    for (const auto& c : described.columns) {
        if (!types.knows(c.type)) {
            unknown.push_back(c.type);
        }
    }
    return unknown;
}

std::shared_ptr<const table> with_types(const table& described, detail::type_catalogue_ptr types) {
    const auto made = std::make_shared<table>();
    made->oid = described.oid;
    made->schema = described.schema;
    made->name = described.name;
    made->identity = described.identity;
    made->columns = described.columns;
    for (auto& c : made->columns) {
        // A value of a domain is one of what the domain is made of, and a stream sends the domain's number.
        c.type = types->base(c.type);
        c.is_text = types->never_binary(c.type);
        made->column_types.push_back(c.type);
    }
    made->description = description_of_columns(made->columns);
    made->types = with_names(std::move(types), made->columns);
    return made;
}

} // namespace pgcoro::replication
