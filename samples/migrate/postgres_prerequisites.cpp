// SPDX-License-Identifier: BSL-1.0
#include "postgres_prerequisites.hpp"

#include "postgres_prerequisite_queries.hpp"
#include "prerequisite_order.hpp"

#include <pgcoro/pgcoro.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace migrate {
namespace {

using pgcoro::task;
using rows = std::vector<catalogue::prerequisite_row>;

class prerequisite_list {
public:
    prerequisite_list(const std::map<std::int64_t, object_name>& names, const std::set<std::int64_t>& tables, schema& into)
        : names_(names), tables_(tables), into_(into) {}

    /// In the order of creation, which is that of the oids for what needs nothing.
    void add(rows all, const needs_of& needs) {
        std::map<std::string, catalogue::prerequisite_row> by_node;
        std::vector<std::string> nodes;
        std::ranges::sort(all, {}, [](const auto& r) { return std::stoull(r.node.substr(1)); });
        for (auto& r : all) {
            nodes.push_back(r.node);
            by_node.emplace(r.node, std::move(r));
        }
        for (const std::string& node : in_order(nodes, needs)) {
            add_one(by_node.at(node), by_node, needs);
        }
    }

    void add(std::vector<catalogue::domain_check_row> checks) {
        for (auto& c : checks) {
            object_name domain{std::move(c.schema), std::move(c.domain)};
            const auto is_it = [&](const prerequisite& p) { return p.kind == "domain" && p.name == domain; };
            if (std::ranges::any_of(into_.prerequisites, is_it)) {
                std::string what = "constraint " + c.name + " of domain " + describe(domain);
                into_.additions.push_back({std::move(what), std::move(domain), std::move(c.statement)});
            }
        }
    }

private:
    static std::string title(const catalogue::prerequisite_row& r) {
        return r.kind + " " + describe(object_name{r.schema, r.name});
    }

    void add_one(const catalogue::prerequisite_row& r, const std::map<std::string, catalogue::prerequisite_row>& all,
                 const needs_of& needs) {
        if (r.statement.empty()) {
            into_.notes.push_back({title(r), "is not migrated"});
            return;
        }
        const auto is_left_out = [&](const std::string& node) {
            const auto found = all.find(node);
            return found == all.end() ? is_lost_relation(node) : found->second.statement.empty();
        };
        const auto needed = all_needs(r.node, needs);
        if (const auto lost = std::ranges::find_if(needed, is_left_out); lost != needed.end()) {
            const auto found = all.find(*lost);
            const std::string what = found == all.end() ? describe(names_.at(number_of(*lost))) : title(found->second);
            into_.notes.push_back({title(r), "is not migrated: it needs " + what});
            return;
        }
        prerequisite p{r.kind, {r.schema, r.name}, r.statement, r.undo, r.signature, {}};
        for (const std::string& node : needed) {
            if (is_table(node)) {
                p.needs.push_back(names_.at(number_of(node)));
            }
        }
        into_.prerequisites.push_back(std::move(p));
    }

    static std::int64_t number_of(const std::string& node) { return std::stoll(node.substr(1)); }
    bool is_table(const std::string& node) const { return node[0] == 'r' && tables_.contains(number_of(node)); }
    /// Views come last. Sequences come first, and are none of these.
    bool is_lost_relation(const std::string& node) const {
        return node[0] == 'r' && names_.contains(number_of(node)) && !is_table(node);
    }

    const std::map<std::int64_t, object_name>& names_;
    const std::set<std::int64_t>& tables_;
    schema& into_;
};

} // namespace

task<> read_prerequisites(pgcoro::transaction& tx, const std::map<std::int64_t, object_name>& names,
                          const std::set<std::int64_t>& tables, schema& into) {
    const pgcoro::unchecked_sql of_extensions(catalogue::extensions);
    const pgcoro::unchecked_sql of_types(catalogue::types);
    const pgcoro::unchecked_sql of_functions(catalogue::functions);
    const pgcoro::unchecked_sql of_needs(catalogue::needs);
    const pgcoro::unchecked_sql of_checks(catalogue::late_checks);
    BOOST_OUTCOME_CO_TRY(auto extensions, co_await tx.fetch<catalogue::prerequisite_row>(of_extensions));
    BOOST_OUTCOME_CO_TRY(auto types, co_await tx.fetch<catalogue::prerequisite_row>(of_types));
    BOOST_OUTCOME_CO_TRY(auto functions, co_await tx.fetch<catalogue::prerequisite_row>(of_functions));
    BOOST_OUTCOME_CO_TRY(const auto pairs, co_await tx.fetch<catalogue::need_row>(of_needs));
    BOOST_OUTCOME_CO_TRY(auto checks, co_await tx.fetch<catalogue::domain_check_row>(of_checks));
    needs_of needs;
    for (const auto& pair : pairs) {
        needs.emplace(pair.node, pair.needed);
    }
    types.insert(types.end(), std::move_iterator(functions.begin()), std::move_iterator(functions.end()));
    prerequisite_list list(names, tables, into);
    const needs_of none;
    list.add(std::move(extensions), none);
    list.add(std::move(types), needs);
    list.add(std::move(checks));
    co_return pgcoro::success();
}

} // namespace migrate
