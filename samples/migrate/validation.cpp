// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"
#include "run.hpp"
#include "table_copy.hpp"
#include "target_session.hpp"
#include "work_list.hpp"
#include "workers.hpp"

#include <map>
#include <string>
#include <utility>

namespace migrate {
namespace {

using pgcoro::task;

class validation {
public:
    validation(source& from, const migration_plan& plan, const run_options& options)
        : from_(from), plan_(plan), options_(options) {}

    task<report> run() {
        for (const table_plan& t : plan_.tables) {
            if (t.from->partition_by.empty()) {
                work_item item;
                item.needs_reader = true;
                queue_.add(item);
                tables_.push_back(&t);
            }
        }
        BOOST_OUTCOME_CO_TRY(auto readers, co_await from_.open_readers(options_.jobs));
        for (auto& reader : readers) {
            worker w;
            BOOST_OUTCOME_CO_TRY(w.target, co_await open_target(options_.target));
            w.reader = std::move(reader);
            workers_.push_back(std::move(w));
        }
        BOOST_OUTCOME_CO_TRY(encoding_, co_await read_encoding(workers_.front().target));
        const work_function work = [this](std::size_t number, worker& w) { return compare(number, w); };
        BOOST_OUTCOME_CO_TRY(co_await run_workers(queue_, workers_, work));
        co_return make_report();
    }

private:
    task<> compare(std::size_t number, worker& w) {
        const table_plan& t = *tables_[number];
        const std::optional<table_sums> unknown;
        auto compared = co_await compare_table(t, w.reader.get(), unknown, w.target, encoding_);
        if (!compared) {
            co_return at("table " + describe(t.target), compared.error());
        }
        reports_[&t] = std::move(compared).value();
        co_return pgcoro::success();
    }

    report make_report() {
        report r;
        r.title = "validation";
        r.notes = plan_.notes;
        r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
        for (const table_plan* t : tables_) {
            r.rows += reports_[t].rows;
            r.tables.push_back(std::move(reports_[t]));
        }
        return r;
    }

    source& from_;
    const migration_plan& plan_;
    const run_options& options_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    work_queue queue_;
    std::vector<const table_plan*> tables_;
    std::vector<worker> workers_;
    std::string encoding_;
    std::map<const table_plan*, table_report> reports_;
};

} // namespace

task<report> run_validation(source& from, const migration_plan& plan, const run_options& options) {
    validation v(from, plan, options);
    co_return co_await v.run();
}

} // namespace migrate
