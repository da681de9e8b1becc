// SPDX-License-Identifier: BSL-1.0
#include "replication/pgoutput.hpp"

#include "replication/table_types.hpp"

#include <algorithm>
#include <utility>

namespace pgcoro::replication {
namespace {

constexpr unsigned most_columns = 1600; // of a table in PostgreSQL
constexpr const char* no_row = "it has no row where there should be one";

bool is_identity(char letter) noexcept {
    constexpr std::string_view all = "dnfi";
    return all.find(letter) != std::string_view::npos;
}

/// False, for the caller to return.
bool refuse(message_reader& in, const char* why) noexcept {
    in.fail(why);
    return false;
}

error malformed(char kind, const char* problem) {
    const bool is_letter = kind > ' ' && kind <= '~';
    const auto name = is_letter ? std::string{'\'', kind, '\''} : std::to_string(static_cast<unsigned char>(kind));
    return error(errc::malformed_value, "a message of kind " + name + " in the replication stream is malformed: " + problem);
}

} // namespace

error pgoutput::decode(std::span<const std::byte> bytes, event& out) {
    message_reader in(bytes);
    const char kind = in.character();
    if (read(kind, in, out) && !in.failed() && in.left() == 0) [[likely]] {
        return {};
    }
    return malformed(kind, in.failed() ? in.problem() : "bytes follow its end");
}

void pgoutput::replace(std::shared_ptr<const table> known) {
    last_ = nullptr;
    const oid_number oid = known->oid;
    tables_[oid] = std::move(known);
}

bool pgoutput::read(char kind, message_reader& in, event& out) {
    switch (kind) {
    case 'I': return read_insert(in, out);
    case 'U': return read_update(in, out);
    case 'D': return read_delete(in, out);
    case 'T': return read_truncate(in, out);
    case 'R': return read_relation(in, out);
    case 'M': return read_message(in, out);
    case 'O': {
        auto& o = out.emplace<origin>();
        o.at = in.position_in_log();
        o.name = in.text();
        return true;
    }
    case 'Y': return read_type(in, out);
    case 'S':
    case 'E':
    case 'c':
    case 'A':
    case 'p': return read_block(kind, in, out);
    default: return read_transaction(kind, in, out);
    }
}

/// Transactions that come when they commit, or when they are prepared.
bool pgoutput::read_transaction(char kind, message_reader& in, event& out) {
    if (in_block_) {
        return refuse(in, "it comes inside a block of another transaction, or its kind is not known");
    }
    // Braces keep the order.
    if (kind == 'B') {
        out = begin{in.position_in_log(), in.time(), in.transaction()};
        return true;
    }
    if (kind == 'b') {
        out = begin_prepare{in.position_in_log(), in.position_in_log(), in.time(), in.transaction(), in.text()};
        return true;
    }
    if (kind != 'C' && kind != 'P' && kind != 'K' && kind != 'r') {
        return refuse(in, "its kind is not known");
    }
    static_cast<void>(in.character()); // flags, none of which is used
    if (kind == 'C') {
        out = commit{in.position_in_log(), in.position_in_log(), in.time()};
    } else if (kind == 'P') {
        out = prepare{in.position_in_log(), in.position_in_log(), in.time(), in.transaction(), in.text(), false};
    } else if (kind == 'K') {
        out = commit_prepared{in.position_in_log(), in.position_in_log(), in.time(), in.transaction(), in.text()};
    } else {
        out = rollback_prepared{in.position_in_log(), in.position_in_log(), in.time(), in.time(), in.transaction(), in.text()};
    }
    return true;
}

/// Transactions that come in blocks.
bool pgoutput::read_block(char kind, message_reader& in, event& out) {
    if (in_block_ != (kind == 'E')) {
        return refuse(in, in_block_ ? "it comes inside a block of a transaction" : "it ends a block that has not begun");
    }
    in_block_ = kind == 'S';
    if (kind == 'E') {
        out = stream_stop{};
    } else if (kind == 'S') {
        out = stream_start{in.transaction(), in.character() != 0};
    } else if (kind == 'A') {
        out = stream_abort{in.transaction(), in.transaction()};
        constexpr std::size_t position_and_time = 16; // of stream_large_transactions::parallel
        if (in.left() == position_and_time) {
            static_cast<void>(in.bytes(position_and_time));
        }
    } else if (kind == 'c') {
        const xid id = in.transaction();
        static_cast<void>(in.character());
        out = stream_commit{id, in.position_in_log(), in.position_in_log(), in.time()};
    } else {
        static_cast<void>(in.character());
        out = prepare{in.position_in_log(), in.position_in_log(), in.time(), in.transaction(), in.text(), true};
    }
    return true;
}

bool pgoutput::read_type(message_reader& in, event& out) {
    auto& y = out.emplace<type>();
    static_cast<void>(read_xid(in));
    y.oid = in.number<std::uint32_t>();
    y.schema = in.text();
    y.schema = y.schema.empty() && !in.failed() ? "pg_catalog" : y.schema;
    y.name = in.text();
    if (in.failed()) {
        return false;
    }
    constexpr std::size_t most = 512; // two identifiers of a server with long ones
    if (named_types_.size() < most_columns && y.schema.size() + y.name.size() < most) {
        named_types_.push_back({y.oid, std::string(y.schema).append(".").append(y.name)});
    }
    return true;
}

bool pgoutput::read_relation(message_reader& in, event& out) {
    static_cast<void>(read_xid(in));
    table described;
    described.oid = in.number<std::uint32_t>();
    described.schema = in.text();
    if (described.schema.empty()) {
        described.schema = "pg_catalog";
    }
    described.name = in.text();
    const char letter = in.character();
    const auto count = in.number<std::uint16_t>();
    if (in.failed()) {
        return false;
    }
    if (!is_identity(letter) || count > most_columns) {
        return refuse(in, count > most_columns ? "it has too many columns" : "its replica identity is not known");
    }
    described.identity = static_cast<identity>(letter);
    for (unsigned i = 0; i < count && !in.failed(); ++i) {
        column& c = described.columns.emplace_back();
        c.is_key = (in.number<std::uint8_t>() & 1) != 0;
        c.name = in.text();
        c.type = in.number<std::uint32_t>();
        c.modifier = static_cast<std::int32_t>(in.number<std::uint32_t>());
        if (const auto at = std::ranges::find(named_types_, c.type, &detail::type_label::oid); at != named_types_.end()) {
            c.type_name = at->name;
        }
    }
    named_types_.clear();
    if (in.failed() || in.left() != 0) {
        return false;
    }
    auto made = std::make_shared<table>(std::move(described)); // its types are told by `replace`
    last_ = nullptr;
    tables_.erase(made->oid);
    out = relation{std::move(made)};
    return true;
}

std::optional<xid> pgoutput::read_xid(message_reader& in) { return in_block_ ? std::optional(in.transaction()) : std::nullopt; }

const pgoutput::table_ptr* pgoutput::find_table(message_reader& in) {
    const oid_number oid = in.number<std::uint32_t>();
    if (last_ && (*last_)->oid == oid) [[likely]] {
        return last_;
    }
    const auto found = tables_.find(oid);
    last_ = found == tables_.end() ? nullptr : &found->second;
    if (!last_) {
        in.fail("its table was not described");
    }
    return last_;
}

bool pgoutput::read_tuple(message_reader& in, const table& of, detail::changed_cell* cells, bool& has_text) {
    const std::size_t count = of.columns.size();
    if (in.number<std::uint16_t>() != count) {
        return refuse(in, "it has more or fewer values than its table has columns");
    }
    for (std::size_t i = 0; i < count; ++i) {
        detail::changed_cell& cell = cells[i];
        std::span<const std::byte> bytes;
        const char kind = in.value(bytes);
        cell.data = bytes.data();
        cell.length = static_cast<int>(bytes.size()); // which is within a message, so it fits
        cell.is_text = kind == 't';
        if (kind == 't') [[unlikely]] {
            has_text = has_text || !of.columns[i].is_text;
        } else if (kind == 'n' || kind == 'u') {
            cell.length = kind == 'n' ? detail::cell_bytes::null : detail::cell_bytes::not_sent;
        } else if (kind != 'b') [[unlikely]] {
            in.fail("a value is of an unknown kind");
        }
    }
    return !in.failed();
}

bool pgoutput::read_insert(message_reader& in, event& out) {
    auto& i = out.emplace<insert>();
    i.id = read_xid(in);
    const auto* const found = find_table(in);
    if (!found || in.character() != 'N') {
        return refuse(in, no_row);
    }
    i.table = *found;
    cells_.resize(std::max(cells_.size(), i.table->columns.size()));
    bool has_text = false;
    if (!read_tuple(in, *i.table, cells_.data(), has_text)) {
        return false;
    }
    i.row = changed_row(*i.table, cells_.data(), has_text);
    return true;
}

bool pgoutput::read_old_row(char kind, message_reader& in, const table& of, old_row& has_old, changed_row& old) {
    cells_.resize(std::max(cells_.size(), 2 * of.columns.size()));
    detail::changed_cell* const cells = cells_.data() + of.columns.size();
    bool has_text = false;
    if (!read_tuple(in, of, cells, has_text)) {
        return false;
    }
    has_old = kind == 'O' ? old_row::full : old_row::key;
    for (std::size_t i = 0; i < of.columns.size() && kind == 'K'; ++i) {
        if (!of.columns[i].is_key) {
            cells[i] = {{nullptr, detail::cell_bytes::not_sent}, false}; // sent as NULL, whatever it was
        }
    }
    old = changed_row(of, cells, has_text);
    return true;
}

bool pgoutput::read_update(message_reader& in, event& out) {
    auto& u = out.emplace<update>();
    u.id = read_xid(in);
    const auto* const found = find_table(in);
    if (!found) {
        return false;
    }
    u.table = *found;
    const std::size_t count = u.table->columns.size();
    cells_.resize(std::max(cells_.size(), 2 * count));
    char kind = in.character();
    if (kind == 'K' || kind == 'O') {
        if (!read_old_row(kind, in, *u.table, u.has_old, u.old)) {
            return false;
        }
        kind = in.character();
    }
    bool has_text = false;
    if (kind != 'N') {
        return refuse(in, no_row);
    }
    if (!read_tuple(in, *u.table, cells_.data(), has_text)) {
        return false;
    }
    for (std::size_t i = 0; i < count && u.has_old == old_row::full; ++i) {
        detail::changed_cell& cell = cells_[i];
        if (!cell.is_sent()) { // but its value before the update is, and has not changed
            cell = cells_[count + i];
            has_text = has_text || (cell.is_text && !u.table->columns[i].is_text);
        }
    }
    u.row = changed_row(*u.table, cells_.data(), has_text);
    return true;
}

bool pgoutput::read_delete(message_reader& in, event& out) {
    auto& d = out.emplace<delete_>();
    d.id = read_xid(in);
    const auto* const found = find_table(in);
    const char kind = found ? in.character() : '\0';
    if (kind != 'K' && kind != 'O') {
        return refuse(in, no_row);
    }
    d.table = *found;
    return read_old_row(kind, in, *d.table, d.has_old, d.old);
}

bool pgoutput::read_truncate(message_reader& in, event& out) {
    auto& t = out.emplace<truncate>();
    t.id = read_xid(in);
    const auto count = in.number<std::uint32_t>();
    const auto flags = in.number<std::uint8_t>();
    t.cascade = (flags & 1) != 0;
    t.restart_identity = (flags & 2) != 0;
    truncated_.clear();
    for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
        const auto* const found = find_table(in);
        if (!found) {
            return false;
        }
        truncated_.push_back(*found);
    }
    t.tables = truncated_;
    return true;
}

bool pgoutput::read_message(message_reader& in, event& out) {
    auto& m = out.emplace<message>();
    m.id = read_xid(in);
    m.is_transactional = (in.number<std::uint8_t>() & 1) != 0;
    m.at = in.position_in_log();
    m.prefix = in.text();
    m.content = in.bytes(in.number<std::uint32_t>());
    return true;
}

} // namespace pgcoro::replication
