// SPDX-License-Identifier: BSL-1.0
// A row of a stream whose columns are known only at run time.
#pragma once

#include <pgcoro/rowset.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace pgcoro {
namespace detail {
template <class Row>
class row_source;
}

/// A row that stays valid on its own: it shares libpq's result with the rows that came with it.
///
/// Values are read as from a `row_view`: `row["name"].as<std::string>()`. The memory is freed with the last row of the chunk.
/// Thread safety: const functions may be called from several threads.
class dynamic_row : public row_view {
public:
    /// No columns.
    dynamic_row() noexcept = default;

private:
    template <class Row>
    friend class detail::row_source;

    dynamic_row(std::shared_ptr<const rowset> rows, std::size_t row) noexcept
        : row_view((*rows)[row]), rows_(std::move(rows)) {}

    static void append(detail::result_handle r, const detail::type_catalogue_ptr& types, std::vector<dynamic_row>& out);

    std::shared_ptr<const rowset> rows_;
};

} // namespace pgcoro
