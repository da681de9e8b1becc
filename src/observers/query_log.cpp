// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/query_log.hpp>

#include "observers/query_log_choice.hpp"
#include "observers/query_log_entries.hpp"

#include <ostream>
#include <random>
#include <utility>

namespace pgcoro {
namespace {

double chance_of_this_thread() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::uniform_real_distribution<>(0.0, 1.0)(generator);
}

query_log_options with_defaults(query_log_options options) {
    if (!options.format) {
        options.format = append_text;
    }
    if (!options.random) {
        options.random = chance_of_this_thread;
    }
    return options;
}

} // namespace

query_log::query_log(output_with_outcome write, query_log_options options)
    : options_(with_defaults(std::move(options))), write_(std::move(write)) {}

query_log::query_log(output write, query_log_options options) : options_(with_defaults(std::move(options))) {
    if (write) {
        write_ = [write = std::move(write)](std::string_view line, query_log_outcome) { write(line); };
    }
}

query_log::query_log(std::ostream& stream, query_log_options options) : options_(with_defaults(std::move(options))) {
    write_ = [this, &stream](std::string_view line, query_log_outcome) {
        const std::lock_guard lock(stream_lock_);
        stream << line << '\n';
    };
}

void query_log::write(const query_log_entry& entry) {
    std::string line;
    options_.format(entry, line);
    if (write_) {
        write_(line, entry.outcome);
    }
}

template <class Log>
void query_log::guarded(Log log) noexcept {
    try {
        log();
    } catch (...) {
        lost_.fetch_add(1, std::memory_order_relaxed);
    }
}

void query_log::on_statement_end(const statement_event& e) noexcept {
    guarded([&] {
        const auto outcome = observers::outcome_of(static_cast<bool>(e.failure()), e.total(), options_);
        if (observers::is_logged(outcome, options_, std::cref(options_.random))) {
            write(observers::entry_of(e, outcome, options_));
        }
    });
}

void query_log::on_connect(const connect_event& e) noexcept {
    if (options_.connections) {
        guarded([&] { write(observers::entry_of(e, options_)); });
    }
}

void query_log::on_disconnect(const disconnect_event& e) noexcept {
    if (options_.connections) {
        guarded([&] { write(observers::entry_of(e, options_)); });
    }
}

void query_log::on_transaction_end(const transaction_event& e) noexcept {
    if (options_.transactions) {
        guarded([&] { write(observers::entry_of(e, options_)); });
    }
}

} // namespace pgcoro
