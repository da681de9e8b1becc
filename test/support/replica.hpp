// SPDX-License-Identifier: BSL-1.0
// A copy of tables in another database, kept by what a replication stream gives. Blocks: for tests only.
#pragma once

#include "support/libpq_session.hpp"

#include <pgcoro/quote.hpp>
#include <pgcoro/replication_events.hpp>

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <variant>

namespace pgcoro::test {

/// Applies whole transactions, each together with its position: one that comes a second time is an error.
class replica {
public:
    explicit replica(const std::string& dsn) : target_(dsn) {
        run("set client_min_messages = error; set session_replication_role = replica;"
            "create table if not exists applied (lsn pg_lsn primary key)");
    }

    /// The end of the last transaction, or keepalive; nothing if there was none.
    std::optional<lsn> position() {
        const std::string bytes = target_.value("select coalesce(max(lsn) - '0/0', 0) from applied");
        const std::uint64_t value = std::stoull(bytes);
        return value == 0 ? std::nullopt : std::optional(lsn(value));
    }

    /// The end of a transaction that is durable now, if the event completes one.
    std::optional<lsn> apply(const replication::event& e) {
        if (std::holds_alternative<replication::begin>(e) || std::holds_alternative<replication::restarted>(e)) {
            script_ = "begin;";
        } else if (const auto* i = std::get_if<replication::insert>(&e)) {
            follow(i->table);
            insert(*i->table, i->row);
        } else if (const auto* u = std::get_if<replication::update>(&e)) {
            follow(u->table);
            update(*u->table, u->has_old == replication::old_row::none ? u->row : u->old, u->row);
        } else if (const auto* d = std::get_if<replication::delete_>(&e)) {
            script_ += "delete from " + name(*d->table) + where(*d->table, d->old) + ";";
        } else if (const auto* t = std::get_if<replication::truncate>(&e)) {
            for (const auto& table : t->tables) {
                script_ += "truncate " + name(*table) + ";";
            }
        } else if (const auto* k = std::get_if<replication::keepalive>(&e)) {
            run("insert into applied values ('" + to_string(k->end) + "')");
        } else if (const auto* c = std::get_if<replication::commit>(&e)) {
            run(script_ + "insert into applied values ('" + to_string(c->end) + "'); commit");
            return c->end;
        }
        return std::nullopt;
    }

private:
    static std::string quoted(std::string_view identifier) { return quote_identifier(identifier).value(); }
    static std::string name(const replication::table& t) { return quoted(t.schema) + "." + quoted(t.name); }
    static std::string literal(const changed_field& f) {
        return f.is_null() ? "null" : quote_literal(f.text().value()).value();
    }

    /// Columns that are new on the other side. Only of tables that change: a partition whose changes are published as those of
    /// its root is described, too.
    void follow(const std::shared_ptr<const replication::table>& described) {
        const replication::table& t = *described;
        if (!followed_.insert(described).second) {
            return;
        }
        for (const auto& c : t.columns) {
            script_ += "alter table " + name(t) + " add column if not exists " + quoted(c.name) + " " +
                       t.types->describe(c.type) + ";";
        }
    }

    void insert(const replication::table& t, const changed_row& row) {
        std::string columns;
        std::string values;
        for (const auto field : row) {
            columns.append(columns.empty() ? "" : ", ").append(quoted(field.name()));
            values.append(values.empty() ? "" : ", ").append(literal(field));
        }
        script_ += "insert into " + name(t) + " (" + columns + ") values (" + values + ");";
    }

    void update(const replication::table& t, const changed_row& before, const changed_row& row) {
        std::string changes;
        for (const auto field : row) {
            if (field.is_sent()) {
                changes.append(changes.empty() ? "" : ", ").append(quoted(field.name())).append(" = ").append(literal(field));
            }
        }
        script_ += "update " + name(t) + " set " + changes + where(t, before) + ";";
    }

    /// One row: a table without a key may have several that are the same.
    static std::string where(const replication::table& t, const changed_row& row) {
        std::string condition;
        for (const auto field : row) {
            if (field.column().is_key) {
                const bool may_be_null = t.identity == replication::identity::full;
                condition.append(condition.empty() ? "" : " and ").append(quoted(field.name()));
                condition.append(may_be_null ? " is not distinct from " : " = ").append(literal(field));
            }
        }
        return " where ctid = (select ctid from " + name(t) + " where " + condition + " limit 1)";
    }

    void run(const std::string& script) {
        const std::string answer = target_.value(script);
        if (answer.starts_with("<error> ")) {
            throw std::runtime_error(answer);
        }
    }

    libpq_session target_;
    std::string script_ = "begin;";
    std::set<std::shared_ptr<const replication::table>> followed_;
};

} // namespace pgcoro::test
