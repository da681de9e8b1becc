// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/trace_spans.hpp>

#include "observers/error_type.hpp"
#include "observers/operation_name.hpp"

#include <pgcoro/detail/utf8.hpp>
#include <pgcoro/sql_comment.hpp>

#include <random>
#include <span>
#include <type_traits>

namespace pgcoro {
namespace {

void fill(std::span<std::uint8_t> out, std::uint64_t bits) noexcept {
    for (auto& byte : out) {
        byte = static_cast<std::uint8_t>(bits);
        bits >>= 8;
    }
}

std::uint64_t random_bits() {
    thread_local std::mt19937_64 engine{(std::uint64_t{std::random_device{}()} << 32) ^ std::random_device{}()};
    return engine();
}

/// Never zero, which is no id.
void make_id(std::span<std::uint8_t> out, const std::function<std::uint64_t()>& random) {
    for (std::size_t at = 0; at < out.size(); at += 8) {
        const std::uint64_t bits = random();
        fill(out.subspan(at, 8), bits != 0 ? bits : 1);
    }
}

void describe(const connection_facts& c, span& out) {
    out.attributes.emplace_back("db.namespace", c.database);
    out.attributes.emplace_back("server.address", c.host);
    out.attributes.emplace_back("server.port", std::int64_t{c.port});
}

void describe(const error& failure, span& out) {
    out.has_failed = static_cast<bool>(failure);
    if (!failure) {
        return;
    }
    if (failure.sqlstate() != sqlstate::successful_completion) {
        out.attributes.emplace_back("db.response.status_code", to_string(failure.sqlstate()));
    }
    out.attributes.emplace_back("error.type", detail::error_type(failure));
}

} // namespace

span describe_span(const statement_event& e, std::size_t text_limit, bool unchecked_text) {
    span made;
    const std::string command(detail::operation_name(e));
    const auto* const c = e.connection();
    made.name = !e.name().empty() ? std::string(e.name()) : c ? command + ' ' + c->database : command;
    made.attributes.emplace_back("db.system.name", std::string("postgresql"));
    made.attributes.emplace_back("db.operation.name", command);
    if (!e.name().empty()) {
        made.attributes.emplace_back("db.query.summary", std::string(e.name()));
    }
    if (e.statements() > 1) {
        made.attributes.emplace_back("db.operation.batch.size", static_cast<std::int64_t>(e.statements()));
    }
    if (text_limit != 0 && e.statements() != 0 && (unchecked_text || e.is_literal())) {
        made.attributes.emplace_back("db.query.text", detail::clean_utf8(e.sql(), text_limit));
    }
    if (c) {
        describe(*c, made);
    }
    if (!e.failure()) {
        made.attributes.emplace_back("db.response.returned_rows", static_cast<std::int64_t>(e.rows()));
    }
    describe(e.failure(), made);
    return made;
}

span describe_span(const transaction_event& e) {
    span made;
    made.name = "transaction " + e.connection.database;
    made.attributes.emplace_back("db.system.name", std::string("postgresql"));
    describe(e.connection, made);
    made.attributes.emplace_back("pgcoro.transaction.outcome", std::string(to_string(e.outcome)));
    made.attributes.emplace_back("pgcoro.transaction.attempt", std::int64_t{e.attempt});
    made.has_failed = e.outcome == transaction_end::lost || e.outcome == transaction_end::unknown;
    return made;
}

struct trace_spans::open_span {
    trace_context context;
    std::array<std::uint8_t, 8> parent_id{};
    std::chrono::system_clock::time_point begin;
};

trace_spans::trace_spans(trace_options options)
    : options_([&] {
          if (!options.random) {
              options.random = random_bits;
          }
          return std::move(options);
      }()) {}

trace_spans::~trace_spans() = default;

/// Null for want of memory, or if the callback throws: a trace is not worth a statement.
trace_spans::open_span* trace_spans::begin(const trace_context* parent) noexcept {
    try {
        auto opened = std::make_unique<open_span>();
        std::optional<trace_context> around;
        if (parent) {
            around = *parent;
        } else if (options_.current) {
            around = options_.current();
        }
        if (around) {
            opened->parent_id = around->span_id;
            opened->context = *std::move(around);
        } else {
            make_id(opened->context.trace_id, options_.random);
            opened->context.is_sampled = !options_.samples || options_.samples();
        }
        make_id(opened->context.span_id, options_.random);
        opened->begin = std::chrono::system_clock::now();
        return opened.release();
    } catch (...) {
        return nullptr;
    }
}

template <class Event>
void trace_spans::end(std::unique_ptr<open_span> opened, std::chrono::nanoseconds duration, const Event& e) noexcept {
    if (!opened || !opened->context.is_sampled || !options_.on_end) {
        return;
    }
    try {
        span made;
        if constexpr (std::is_same_v<Event, statement_event>) {
            made = describe_span(e, options_.text_limit, options_.unchecked_text);
        } else {
            made = describe_span(e);
        }
        made.context = std::move(opened->context);
        made.parent_id = opened->parent_id;
        made.begin = opened->begin;
        made.end = opened->begin + std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
        options_.on_end(std::move(made));
    } catch (...) {
        // For want of memory, or by the callback: there is no span.
    }
}

void trace_spans::on_statement_begin(const statement_event& e) noexcept {
    const auto* const transaction = static_cast<const open_span*>(e.transaction_data());
    auto* const opened = begin(transaction ? &transaction->context : nullptr);
    e.data() = opened;
    if (!opened || options_.comments == trace_comments::never) {
        return;
    }
    const bool also_prepared = options_.comments == trace_comments::sampled && opened->context.is_sampled;
    if (options_.comments == trace_comments::sampled && !also_prepared) {
        return;
    }
    try {
        auto tags = options_.comment_tags;
        tags["traceparent"] = traceparent(opened->context);
        if (!opened->context.state.empty()) {
            tags["tracestate"] = opened->context.state;
        }
        e.comment(sql_comment(tags), also_prepared);
    } catch (...) {
        // It goes without.
    }
}

void trace_spans::on_statement_end(const statement_event& e) noexcept {
    end(std::unique_ptr<open_span>(static_cast<open_span*>(e.data())), e.total(), e);
}

void trace_spans::on_statement_drop(const statement_event& e) noexcept { delete static_cast<open_span*>(e.data()); }

void trace_spans::on_transaction_begin(const transaction_event& e) noexcept { e.data = begin(nullptr); }

void trace_spans::on_transaction_end(const transaction_event& e) noexcept {
    end(std::unique_ptr<open_span>(static_cast<open_span*>(e.data)), e.duration, e);
}

} // namespace pgcoro
