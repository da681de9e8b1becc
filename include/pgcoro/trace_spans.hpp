// SPDX-License-Identifier: BSL-1.0
// An observer that creates a span for each statement, batch and transaction, for a trace exporter.
//
//     pgcoro::trace_options options;
//     options.current = [] { return my_tracer::current_context(); };
//     options.on_end = [](pgcoro::span&& s) { my_tracer::export_span(std::move(s)); };
//     config.observe(std::make_shared<pgcoro::trace_spans>(options));
#pragma once

#include <pgcoro/observer.hpp>
#include <pgcoro/trace_context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pgcoro {

/// A span that is over. Names and attributes are OpenTelemetry's (semantic conventions for database client calls, 1.33).
struct span {
    trace_context context;
    /// Zero for the first of a trace.
    std::array<std::uint8_t, 8> parent_id{};
    /// What `operation::named` says; else the SQL command and the database: "SELECT shop".
    std::string name;
    std::chrono::system_clock::time_point begin;
    std::chrono::system_clock::time_point end;
    bool has_failed = false;
    /// "db.system.name", "db.namespace", "db.query.text", "db.response.status_code", "error.type", "server.address", ...
    std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> attributes;
};

/// Whether statements get their trace as a comment (`sql_comment`): "/*traceparent='00-...'*/".
enum class trace_comments : std::uint8_t {
    never,
    /// Those that are not prepared. Prepared ones keep their text, and so their plans.
    unprepared,
    /// All whose trace is sampled: they are sent without a name, and parsed by the server each time. Others stay prepared.
    sampled,
};

struct trace_options {
    /// Gives the caller's context; called when an operation starts, on its thread. Nothing: a new trace begins.
    std::function<std::optional<trace_context>()> current;
    /// Takes each span of a sampled trace; on the connection's executor. It must not throw or wait.
    std::function<void(span&&)> on_end;
    /// Whether a trace that begins here is sampled. Default: all are.
    std::function<bool()> samples;
    /// The maximum length of "db.query.text" in bytes: the statement's text, with placeholders and not values. Longer text is
    /// cut; 0: no text. Text made at run time may contain values: it is left out unless `unchecked_text` is set.
    std::size_t text_limit = 2048;
    bool unchecked_text = false;
    trace_comments comments = trace_comments::never;
    /// Other tags of comments, such as "application". Keep them few, and without secrets: they appear in the server's logs.
    std::map<std::string, std::string, std::less<>> comment_tags;
    /// Eight random bytes. Default: a generator of its own, seeded by the system.
    std::function<std::uint64_t()> random;
};

/// Name, attributes and outcome of a span, as `trace_spans` makes them, for your own tracers. Call it at the end of a statement
/// or transaction. For `text_limit` and `unchecked_text` see `trace_options`. Errors: throws what std::string throws.
span describe_span(const statement_event& e, std::size_t text_limit = 2048, bool unchecked_text = false);
span describe_span(const transaction_event& e);

/// Spans of statements in a transaction are children of that of the transaction, which is a child of the context at `begin`.
///
/// Thread safety: for connections on several threads if the functions of its options are.
class trace_spans : public observer {
public:
    explicit trace_spans(trace_options options);
    ~trace_spans() override;

    void on_statement_begin(const statement_event& e) noexcept override;
    void on_statement_end(const statement_event& e) noexcept override;
    void on_statement_drop(const statement_event& e) noexcept override;
    void on_transaction_begin(const transaction_event& e) noexcept override;
    void on_transaction_end(const transaction_event& e) noexcept override;

private:
    struct open_span;

    open_span* begin(const trace_context* parent) noexcept;
    template <class Event>
    void end(std::unique_ptr<open_span> opened, std::chrono::nanoseconds duration, const Event& e) noexcept;

    const trace_options options_;
};

} // namespace pgcoro
