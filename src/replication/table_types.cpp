// SPDX-License-Identifier: BSL-1.0
#include "replication/table_types.hpp"

#include <libpq-fe.h>

#include <new>
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
    made->types = std::move(types);
    return made;
}

} // namespace pgcoro::replication
