// SPDX-License-Identifier: BSL-1.0
#include "work_list.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace migrate {
namespace {

class list_maker {
public:
    list_maker(const migration_plan& plan, const work_list_options& options) : plan_(plan), options_(options) {}

    work_list make() {
        std::vector<const table_plan*> tables;
        for (const table_plan& t : plan_.tables) {
            tables.push_back(&t);
        }
        std::ranges::stable_sort(tables, std::greater<>(), [](const table_plan* t) { return t->from->bytes; });
        for (const table_plan* t : tables) {
            if (t->from->partition_by.empty()) {
                copied_[t] = {add({work_kind::copy, t, {}, copy_step(*t)}, {}, true)};
            }
        }
        collect_partitions();
        for (const table_plan* t : tables) {
            add_keys(*t);
        }
        for (const table_plan* t : tables) {
            add_indexes(*t);
        }
        for (const table_plan* t : tables) {
            add_references(*t);
        }
        for (const table_plan* t : tables) {
            if (options_.analyzes) {
                add({work_kind::analyze, t, {}, "analyze " + describe(t->target)}, indexed_[t]);
            }
            if (options_.compares && t->from->partition_by.empty()) {
                add({work_kind::compare, t, {}, {}}, keyed_[t], options_.compares_with_reader);
            }
        }
        return std::move(list_);
    }

private:
    using numbers = std::vector<std::size_t>;

    std::size_t add(work w, numbers needs, bool needs_reader = false, std::vector<std::string> locks = {}) {
        work_item item;
        item.needs = std::move(needs);
        item.needs_reader = needs_reader;
        item.locks = std::move(locks);
        list_.items.push_back(std::move(w));
        return list_.queue.add(std::move(item));
    }

    /// The rows of a partitioned table are those of its partitions. Parents come before them in the plan.
    void collect_partitions() {
        for (auto t = plan_.tables.rbegin(); t != plan_.tables.rend(); ++t) {
            const table_plan* parent = t->from->parent ? plan_.find(*t->from->parent) : nullptr;
            if (parent) {
                copied_[parent].insert(copied_[parent].end(), copied_[&*t].begin(), copied_[&*t].end());
                roots_[&*t] = parent;
            }
        }
    }

    /// What a statement on the table locks is locked by its outermost table, so that parents and partitions exclude each other.
    std::string lock_of(const table_plan& t) const {
        const table_plan* at = &t;
        for (auto root = roots_.find(at); root != roots_.end(); root = roots_.find(at)) {
            at = root->second;
        }
        return describe(at->target);
    }

    void add_keys(const table_plan& t) {
        keyed_[&t] = copied_[&t];
        auto statements = keys_of(plan_, t);
        if (!statements.empty()) {
            numbers needs = copied_[&t];
            keyed_[&t].push_back(add({work_kind::statements, &t, std::move(statements), "keys of " + describe(t.target)}, needs,
                                     false, {lock_of(t)}));
        }
        indexed_[&t] = keyed_[&t];
    }

    void add_indexes(const table_plan& t) {
        for (statement& s : indexes_of(plan_, t)) {
            const std::string step = s.what;
            // Several can be made of one table at once, but not of a partitioned one.
            const bool is_alone = !t.from->partition_by.empty() || t.from->parent;
            std::vector<std::string> locks;
            if (is_alone) {
                locks.push_back(lock_of(t));
            }
            indexed_[&t].push_back(add({work_kind::statements, &t, {std::move(s)}, step}, keyed_[&t], false, std::move(locks)));
        }
    }

    void add_references(const table_plan& t) {
        for (reference& r : references_of(plan_, t)) {
            numbers needs = indexed_[&t];
            needs.insert(needs.end(), indexed_[r.to].begin(), indexed_[r.to].end());
            const std::string step = r.made_by.what;
            add({work_kind::statements, &t, {std::move(r.made_by)}, step}, std::move(needs), false,
                {lock_of(t), lock_of(*r.to)});
        }
    }

    const migration_plan& plan_;
    const work_list_options& options_;
    work_list list_;
    std::map<const table_plan*, numbers> copied_;  // what gives a table its rows
    std::map<const table_plan*, numbers> keyed_;   // and its keys
    std::map<const table_plan*, numbers> indexed_; // and its other indexes
    std::map<const table_plan*, const table_plan*> roots_;
};

} // namespace

std::string copy_step(const table_plan& t) { return "copy " + describe(t.target); }

bool has_copy_without_sums(const migration_plan& plan, const earlier_run& earlier) {
    return std::ranges::any_of(plan.tables, [&](const table_plan& t) {
        const auto done = earlier.steps.find(copy_step(t));
        return done != earlier.steps.end() && !done->second.sums;
    });
}

work_list make_work_list(const migration_plan& plan, const work_list_options& options) {
    return list_maker(plan, options).make();
}

} // namespace migrate
