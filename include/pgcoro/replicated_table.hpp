// SPDX-License-Identifier: BSL-1.0
// A table as a replication stream describes it.
#pragma once

#include <pgcoro/detail/result_handle.hpp>
#include <pgcoro/detail/type_catalogue.hpp>
#include <pgcoro/oids.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace pgcoro {
namespace detail {

/// Remembers the row type that was found last to fit a table, so that not every row is asked again. Shared between threads.
class last_row_type {
public:
    last_row_type() noexcept = default;
    last_row_type(const last_row_type&) noexcept {}
    last_row_type& operator=(const last_row_type&) noexcept { return *this; }

    template <class Row>
    bool is() const noexcept {
        return tag_.load(std::memory_order_relaxed) == &tag_of<Row>;
    }
    template <class Row>
    void set() const noexcept {
        tag_.store(&tag_of<Row>, std::memory_order_relaxed);
    }

private:
    template <class Row>
    static constexpr char tag_of = 0; // its address

    mutable std::atomic<const char*> tag_ = nullptr;
};

} // namespace detail

namespace replication {

/// How a table identifies the rows of updates and deletes: ALTER TABLE ... REPLICA IDENTITY.
enum class identity : char {
    primary_key = 'd',
    nothing = 'n',
    full = 'f',
    index = 'i',
};

struct column {
    std::string name;
    /// For a domain, its base type.
    oid_number type = oids::unspecified;
    /// The schema and name of its type, such as "shop.mood", as the server sent them; for a domain, those of its base type.
    /// Known even if the type has been dropped since. Empty if the type is built in.
    std::string type_name;
    std::int32_t modifier = -1;
    /// Whether it is part of the key that identifies rows. With REPLICA IDENTITY FULL all columns are.
    bool is_key = false;
    /// Its type has no binary format: values are text.
    bool is_text = false;
};

/// The definition of a table at one time: when it changes, there is another one. It has only the published columns.
///
/// Thread safety: it never changes, and may be used by any thread.
struct table {
    oid_number oid = oids::unspecified;
    std::string schema;
    std::string name;
    replication::identity identity = replication::identity::primary_key;
    std::vector<replication::column> columns;

    // Of the library.

    /// The columns as a result has them, and what is known of their types.
    detail::result_handle description;
    detail::type_catalogue_ptr types;
    /// The types of the columns once more, side by side.
    std::vector<oid_number> column_types;
    detail::last_row_type fitting;
};

} // namespace replication
} // namespace pgcoro
