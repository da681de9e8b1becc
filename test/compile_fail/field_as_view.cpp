// SPDX-License-Identifier: BSL-1.0
// A view of a field is had by another function, which says that it is one.
// expect: pgcoro: text\(\) and bytes\(\) give views

#include <pgcoro/rowset.hpp>
#include <pgcoro/types.hpp>

#ifdef PGCORO_CONTROL
auto run(pgcoro::field_view field) { return field.text(); }
#else
auto run(pgcoro::field_view field) { return field.as<std::string_view>(); }
#endif
