// SPDX-License-Identifier: BSL-1.0
#include "postgres_catalogue.hpp"

#include "failure.hpp"
#include "postgres_catalogue_queries.hpp"
#include "postgres_extra_queries.hpp"
#include "postgres_prerequisites.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace migrate {
namespace {

using pgcoro::task;

class catalogue_reader {
public:
    catalogue_reader(pgcoro::transaction& tx, const std::vector<std::string>& only) : tx_(tx), only_(only) {}

    task<schema> read() {
        BOOST_OUTCOME_CO_TRY(co_await read_relations());
        BOOST_OUTCOME_CO_TRY(co_await read_columns());
        BOOST_OUTCOME_CO_TRY(co_await read_constraints());
        BOOST_OUTCOME_CO_TRY(co_await read_indexes());
        BOOST_OUTCOME_CO_TRY(co_await read_partition_indexes());
        BOOST_OUTCOME_CO_TRY(co_await read_sequences());
        BOOST_OUTCOME_CO_TRY(co_await read_prerequisites(tx_, names_, table_oids(), schema_));
        BOOST_OUTCOME_CO_TRY(co_await read_extras());
        BOOST_OUTCOME_CO_TRY(co_await read_namespaces());
        co_return std::move(schema_);
    }

private:
    bool is_wanted(const object_name& name) const {
        return only_.empty() || std::ranges::find(only_, name.name) != only_.end() ||
               std::ranges::find(only_, describe(name)) != only_.end();
    }

    /// A partition comes with its table. Not what belongs to an extension.
    bool is_wanted(std::int64_t oid) const {
        const auto name = names_.find(oid);
        if (name == names_.end()) {
            return false;
        }
        const auto& parent = parents_.at(oid);
        return is_wanted(name->second) || (parent && is_wanted(*parent));
    }

    task<> read_relations() {
        BOOST_OUTCOME_CO_TRY(auto rows,
                             co_await tx_.fetch<catalogue::relation_row>(pgcoro::unchecked_sql(catalogue::relations)));
        BOOST_OUTCOME_CO_TRY(const auto uses,
                             co_await tx_.fetch<catalogue::use_row>(pgcoro::unchecked_sql(catalogue::uses_of_views)));
        std::map<std::int64_t, view> views;
        for (auto& r : rows) {
            names_[r.oid] = {r.schema, r.name};
            parents_[r.oid] = r.parent;
        }
        for (auto& r : rows) {
            const object_name name{r.schema, r.name};
            if (!is_wanted(r.oid)) {
                continue;
            }
            wanted_.insert(name);
            const bool is_view = r.kind == "v" || r.kind == "m";
            if (!r.left_out.empty()) {
                schema_.notes.push_back({(is_view ? "view " : "table ") + describe(name), r.left_out});
            }
            if (is_view) {
                views[r.oid] = {name, {r.view_query, r.view_query}, r.comment, r.kind == "m", r.is_populated, {}};
            } else if (r.kind != "f") {
                add_table(std::move(r));
            }
        }
        put_parents_first();
        order_views(std::move(views), uses);
        co_return pgcoro::success();
    }

    void add_table(catalogue::relation_row r) {
        table t;
        t.name = {r.schema, r.name};
        t.comment = std::move(r.comment);
        t.rows = static_cast<std::uint64_t>(r.rows);
        t.bytes = static_cast<std::uint64_t>(r.bytes);
        t.partition_by = std::move(r.partition_by);
        t.partition_bounds = std::move(r.partition_bounds);
        if (r.parent && names_.contains(*r.parent)) {
            t.parent = names_[*r.parent];
        } else if (r.parent) {
            schema_.notes.push_back({"table " + describe(t.name), "becomes a table on its own, without the keys and indexes of "
                                                                  "its table, which belongs to an extension"});
        }
        t.is_unlogged = r.is_unlogged;
        schema_.tables.push_back(std::move(t));
        oids_.push_back(r.oid);
    }

    std::size_t depth(const table& t) const {
        std::size_t levels = 0;
        for (const table* at = &t; at && at->parent; ++levels) {
            const auto parent = std::ranges::find(schema_.tables, *at->parent, &table::name);
            at = parent == schema_.tables.end() ? nullptr : &*parent;
        }
        return levels;
    }

    /// A partition may be older than the table that it was attached to.
    void put_parents_first() {
        std::vector<std::pair<std::size_t, std::size_t>> order; // depth, index
        for (std::size_t i = 0; i < schema_.tables.size(); ++i) {
            order.emplace_back(depth(schema_.tables[i]), i);
        }
        std::ranges::sort(order);
        std::vector<table> sorted;
        for (const auto& [level, i] : order) {
            index_[oids_[i]] = sorted.size();
            sorted.push_back(std::move(schema_.tables[i]));
        }
        schema_.tables = std::move(sorted);
    }

    void order_views(std::map<std::int64_t, view> views, const std::vector<catalogue::use_row>& uses) {
        std::set<std::int64_t> begun;
        std::set<std::int64_t> without_rows; // cannot be read, or use one that cannot
        const auto add = [&](const auto& self, std::int64_t oid) -> void {
            if (!views.contains(oid) || !begun.insert(oid).second) {
                return;
            }
            view& v = views[oid];
            bool is_readable = true;
            for (const auto& use : uses) {
                if (use.view == oid) {
                    self(self, use.used);
                    is_readable = is_readable && !without_rows.contains(use.used);
                }
            }
            if (v.is_materialized && v.is_populated && !is_readable) {
                v.is_populated = false;
                schema_.notes.push_back(
                    {"view " + describe(v.name), "is created without rows: it uses a materialized view without rows"});
            }
            if (!is_readable || (v.is_materialized && !v.is_populated)) {
                without_rows.insert(oid);
            }
            schema_.views.push_back(std::move(v));
        };
        std::vector<std::int64_t> oids;
        for (const auto& [oid, v] : views) {
            oids.push_back(oid);
        }
        for (const std::int64_t oid : oids) {
            add(add, oid);
        }
    }

    table* find(std::int64_t oid) {
        const auto found = index_.find(oid);
        return found == index_.end() ? nullptr : &schema_.tables[found->second];
    }

    task<> read_columns() {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await tx_.fetch<catalogue::column_row>(pgcoro::unchecked_sql(catalogue::columns)));
        for (auto& r : rows) {
            if (table* t = find(r.table)) {
                if (!r.identity_next) {
                    co_return cannot_continue(r.identity_sequence);
                }
                t->columns.push_back(column_of(std::move(r)));
            }
        }
        co_return pgcoro::success();
    }

    /// A sequence that began anew would give values that rows have.
    static pgcoro::error cannot_continue(const std::string& sequence) {
        return fail(failure::bad_source,
                    "sequence " + sequence + ": its next value cannot be read: the user needs the privilege SELECT");
    }

    static column column_of(catalogue::column_row r) {
        column c;
        c.name = std::move(r.name);
        c.type.text = std::move(r.type);
        c.type.base = std::move(r.base);
        c.type.unlimited = std::move(r.unlimited);
        c.is_required = r.is_required;
        if (r.default_value) {
            c.default_value = expression{*r.default_value, *r.default_value};
        }
        if (r.generated) {
            c.generated = expression{*r.generated, *r.generated};
        }
        if (!r.identity.empty()) {
            identity i;
            i.is_always = r.identity == "a";
            i.next = *r.identity_next;
            i.is_spent = r.identity_is_spent;
            i.options = std::move(r.identity_options);
            if (!r.sequence_name.empty()) {
                i.sequence = object_name{std::move(r.sequence_schema), std::move(r.sequence_name)};
            }
            c.counted = std::move(i);
        }
        c.collation = std::move(r.collation);
        c.comment = std::move(r.comment);
        return c;
    }

    task<> read_constraints() {
        BOOST_OUTCOME_CO_TRY(auto rows,
                             co_await tx_.fetch<catalogue::constraint_row>(pgcoro::unchecked_sql(catalogue::constraints)));
        for (auto& r : rows) {
            if (table* t = find(r.table)) {
                add_constraint(*t, std::move(r));
            }
        }
        co_return pgcoro::success();
    }

    void add_constraint(table& t, catalogue::constraint_row r) {
        if (r.kind == "p") {
            t.primary_key = key{std::move(r.name), std::move(r.columns), std::move(r.definition)};
        } else if (r.kind == "u") {
            t.uniques.push_back({std::move(r.name), std::move(r.columns), std::move(r.definition)});
        } else if (r.kind == "f") {
            foreign_key f;
            f.name = std::move(r.name);
            f.columns = std::move(r.columns);
            f.referenced = {std::move(r.referenced_schema), std::move(r.referenced_name)};
            f.definition = std::move(r.definition);
            t.foreign_keys.push_back(std::move(f));
        } else {
            t.checks.push_back({std::move(r.name), {r.definition, r.definition}, r.definition});
        }
    }

    task<> read_indexes() {
        BOOST_OUTCOME_CO_TRY(auto rows, co_await tx_.fetch<catalogue::index_row>(pgcoro::unchecked_sql(catalogue::indexes)));
        for (auto& r : rows) {
            index i;
            i.name = std::move(r.name);
            i.is_unique = r.is_unique;
            i.method = std::move(r.method);
            i.definition = std::move(r.definition);
            i.comment = std::move(r.comment);
            if (table* t = find(r.table)) {
                t->indexes.push_back(std::move(i));
            } else if (is_wanted(r.table)) {
                const auto v = std::ranges::find(schema_.views, names_[r.table], &view::name);
                if (v != schema_.views.end()) {
                    v->indexes.push_back(std::move(i));
                }
            }
        }
        co_return pgcoro::success();
    }

    task<> read_partition_indexes() {
        BOOST_OUTCOME_CO_TRY(
            auto rows, co_await tx_.fetch<catalogue::partition_index_row>(pgcoro::unchecked_sql(catalogue::partition_indexes)));
        for (auto& r : rows) {
            table* t = find(r.table);
            if (!t) {
                continue;
            }
            auto& all = t->partitioned_indexes; // those of one are together
            if (all.empty() || all.back().is_key != r.is_key || all.back().name != r.name) {
                all.push_back({r.is_key, std::move(r.name), std::move(r.statement), {}});
            }
            const object_name part{std::move(r.part_schema), std::move(r.part_name)};
            all.back().parts.push_back({part, std::move(r.part_statement)});
        }
        co_return pgcoro::success();
    }

    task<> read_sequences() {
        BOOST_OUTCOME_CO_TRY(auto rows,
                             co_await tx_.fetch<catalogue::sequence_row>(pgcoro::unchecked_sql(catalogue::sequences)));
        for (auto& r : rows) {
            const object_name owner{r.owner_schema, r.owner_table};
            const bool is_owned = !r.owner_table.empty();
            if (!only_.empty() && !(is_owned && wanted_.contains(owner))) {
                continue;
            }
            sequence s;
            s.name = {std::move(r.schema), std::move(r.name)};
            s.options = std::move(r.options);
            if (!r.last && !r.start) {
                co_return cannot_continue(describe(s.name));
            }
            s.last = r.last ? *r.last : *r.start;
            s.is_called = r.last.has_value();
            if (is_owned) {
                s.owner_table = owner;
                s.owner_column = std::move(r.owner_column);
            }
            schema_.sequences.push_back(std::move(s));
        }
        co_return pgcoro::success();
    }

    std::set<std::int64_t> table_oids() const {
        std::set<std::int64_t> all;
        for (const auto& [oid, number] : index_) {
            all.insert(oid);
        }
        return all;
    }

    task<> read_extras() {
        BOOST_OUTCOME_CO_TRY(auto additions,
                             co_await tx_.fetch<catalogue::addition_row>(pgcoro::unchecked_sql(catalogue::additions)));
        for (auto& r : additions) {
            if (is_wanted(r.relation)) {
                schema_.additions.push_back({std::move(r.what), names_[r.relation], std::move(r.statement)});
            }
        }
        BOOST_OUTCOME_CO_TRY(auto of_parts, co_await tx_.fetch<catalogue::part_addition_row>(
                                                pgcoro::unchecked_sql(catalogue::additions_of_parts)));
        for (auto& r : of_parts) {
            if (is_wanted(r.relation) && is_wanted(r.root)) {
                addition a{std::move(r.what), names_[r.relation], std::move(r.statement)};
                a.part_of = {names_[r.root], std::move(r.root_name), r.is_of_key};
                schema_.additions.push_back(std::move(a));
            }
        }
        BOOST_OUTCOME_CO_TRY(auto notes, co_await tx_.fetch<catalogue::note_row>(pgcoro::unchecked_sql(catalogue::left_out)));
        for (auto& r : notes) {
            if (r.relation == 0 ? only_.empty() : is_wanted(r.relation)) {
                schema_.notes.push_back({std::move(r.object), std::move(r.text)});
            }
        }
        co_return pgcoro::success();
    }

    task<> read_namespaces() {
        BOOST_OUTCOME_CO_TRY(auto names,
                             co_await tx_.fetch<std::string>(
                                 "select nspname::text from pg_namespace n where nspname !~ '^pg_' and nspname not in "
                                 "('information_schema', 'pgcoro_migrate') and not exists (select from pg_depend d "
                                 "where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e') "
                                 "order by oid"));
        schema_.namespaces = std::move(names);
        schema_.notes.push_back(
            {"database",
             "not migrated: owners, privileges, settings, security labels, statistics targets and storage of columns, and "
             "comments on anything but tables, columns, constraints, indexes and views"});
        co_return pgcoro::success();
    }

    pgcoro::transaction& tx_;
    const std::vector<std::string>& only_;
    schema schema_;
    std::map<std::int64_t, object_name> names_;
    std::map<std::int64_t, std::optional<std::int64_t>> parents_;
    std::set<object_name> wanted_;
    std::vector<std::int64_t> oids_;            // of the tables, while they are read
    std::map<std::int64_t, std::size_t> index_; // of the tables by their oids
};

} // namespace

task<schema> read_catalogue(pgcoro::transaction& tx, const std::vector<std::string>& only) {
    catalogue_reader reader(tx, only);
    co_return co_await reader.read();
}

} // namespace migrate
