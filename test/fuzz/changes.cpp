// SPDX-License-Identifier: BSL-1.0
// A sequence of pgoutput's messages, each with its length in two bytes: decoded, and their rows read in several ways.
#include "input.hpp"

#include "replication/pgoutput.hpp"
#include "replication/table_types.hpp"

#include <pgcoro/or_unchanged.hpp>
#include <pgcoro/types.hpp>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro;
using fuzz::require;
namespace replication = pgcoro::replication;

template <class Row>
void read_row(const changed_row& row) {
    const auto read = row.as<Row>();
    require(read.has_value() || !read.error().message().empty());
}

void read_fields(const changed_row& row) {
    for (const auto field : row) {
        const auto text = field.text();
        require(text.has_value() || !text.error().message().empty());
        require(text.has_value() || !field.is_sent() || field.is_null() || text.error() != errc::value_not_sent);
        static_cast<void>(field.as<std::optional<std::int64_t>>().has_value());
        static_cast<void>(field.as<or_unchanged<std::optional<std::string>>>().has_value());
        static_cast<void>(field.as<std::vector<std::optional<std::int32_t>>>().has_value());
    }
}

void read(const changed_row& row) {
    read_fields(row);
    read_row<std::int32_t>(row);
    read_row<std::tuple<std::optional<std::int32_t>, or_unchanged<std::optional<std::string>>>>(row);
    read_row<std::tuple<std::int64_t, numeric, std::optional<fuzz::mood>>>(row);
    read_row<std::tuple<or_unchanged<std::optional<std::int64_t>>, or_unchanged<std::optional<std::string>>,
                        or_unchanged<std::optional<fuzz::mood>>>>(row);
}

std::shared_ptr<const detail::type_catalogue> types() {
    return {std::shared_ptr<void>(), &fuzz::user_types()}; // not ours to delete
}

void look_at(const replication::event& event, replication::pgoutput& decoder) {
    if (const auto* r = std::get_if<replication::relation>(&event)) {
        static_cast<void>(replication::unknown_types(*r->table, fuzz::user_types()));
        decoder.replace(replication::with_types(*r->table, types()));
    } else if (const auto* i = std::get_if<replication::insert>(&event)) {
        require(i->table && i->row.size() == i->table->columns.size());
        read(i->row);
    } else if (const auto* u = std::get_if<replication::update>(&event)) {
        require(u->table && u->row.size() == u->table->columns.size());
        require(u->old.size() == (u->has_old == replication::old_row::none ? 0 : u->row.size()));
        read(u->old);
        read(u->row);
    } else if (const auto* d = std::get_if<replication::delete_>(&event)) {
        require(d->table && d->has_old != replication::old_row::none && d->old.size() == d->table->columns.size());
        read(d->old);
    } else if (const auto* t = std::get_if<replication::truncate>(&event)) {
        for (const auto& table : t->tables) {
            require(table != nullptr);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in(data, size);
    replication::pgoutput decoder;
    replication::pgoutput other; // is given the same
    while (!in.empty()) {
        const std::size_t high = in.byte();
        const auto bytes = in.bytes(high << 8U | in.byte());
        // Copied to memory of just its size, where a sanitizer sees who reads behind it.
        const std::vector<std::byte> message(bytes.begin(), bytes.end());
        replication::event event;
        replication::event same;
        const error failure = decoder.decode(message, event);
        require(failure.message() == other.decode(message, same).message());
        if (failure) {
            require(failure == errc::malformed_value && !failure.message().empty());
        } else {
            require(event.index() == same.index());
            look_at(event, decoder);
            look_at(same, other);
        }
    }
    return 0;
}
