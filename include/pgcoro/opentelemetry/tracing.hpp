// SPDX-License-Identifier: BSL-1.0
// Spans by opentelemetry-cpp. For programs that have that library (Debian's opentelemetry-cpp-dev; the API is enough). pgcoro
// itself does not need it: only programs that include this header compile it.
//
//     config.observe(std::make_shared<pgcoro::opentelemetry::tracing>(
//         opentelemetry::trace::Provider::GetTracerProvider()->GetTracer("shop")));
#pragma once

#include <pgcoro/observer.hpp>
#include <pgcoro/sql_comment.hpp>
#include <pgcoro/trace_spans.hpp>

#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/trace/context.h>
#include <opentelemetry/trace/span.h>
#include <opentelemetry/trace/span_startoptions.h>
#include <opentelemetry/trace/tracer.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace pgcoro::opentelemetry {

/// As in `trace_options`.
struct tracing_options {
    std::size_t text_limit = 2048;
    bool unchecked_text = false;
    trace_comments comments = trace_comments::never;
    std::map<std::string, std::string, std::less<>> comment_tags;
};

/// Creates a span for each statement, batch and transaction, with the names and attributes of `trace_spans`. Its parent is the
/// transaction's span, or the current span (`opentelemetry::context::RuntimeContext`) where the operation is started.
///
/// Thread safety: for connections on several threads.
class tracing : public observer {
public:
    using tracer_ptr = ::opentelemetry::nostd::shared_ptr<::opentelemetry::trace::Tracer>;

    explicit tracing(tracer_ptr tracer, tracing_options options = {})
        : tracer_(std::move(tracer)), options_(std::move(options)) {}

    void on_statement_begin(const statement_event& e) noexcept override {
        const auto* const transaction = static_cast<const span_ptr*>(e.transaction_data());
        auto* const opened = begin(e.name().empty() ? to_string(e.kind()) : e.name(), transaction);
        e.data() = opened;
        const bool is_sampled = opened && (*opened)->GetContext().IsSampled();
        if (!opened || options_.comments == trace_comments::never ||
            (options_.comments == trace_comments::sampled && !is_sampled)) {
            return;
        }
        try {
            auto tags = options_.comment_tags;
            tags["traceparent"] = traceparent(context_of(**opened));
            e.comment(sql_comment(tags), options_.comments == trace_comments::sampled);
        } catch (...) {
            // It goes without.
        }
    }
    void on_statement_end(const statement_event& e) noexcept override {
        end(e.data(), [&] { return describe_span(e, options_.text_limit, options_.unchecked_text); });
    }
    void on_statement_drop(const statement_event& e) noexcept override { delete static_cast<span_ptr*>(e.data()); }
    void on_transaction_begin(const transaction_event& e) noexcept override { e.data = begin("transaction", nullptr); }
    void on_transaction_end(const transaction_event& e) noexcept override {
        end(e.data, [&] { return describe_span(e); });
    }

private:
    using span_ptr = ::opentelemetry::nostd::shared_ptr<::opentelemetry::trace::Span>;

    static trace_context context_of(const ::opentelemetry::trace::Span& of) {
        const auto from = of.GetContext();
        trace_context context;
        std::copy(from.trace_id().Id().begin(), from.trace_id().Id().end(), context.trace_id.begin());
        std::copy(from.span_id().Id().begin(), from.span_id().Id().end(), context.span_id.begin());
        context.is_sampled = from.IsSampled();
        return context;
    }

    /// Null for want of memory: a trace is not worth a statement.
    span_ptr* begin(std::string_view name, const span_ptr* parent) noexcept {
        try {
            ::opentelemetry::trace::StartSpanOptions how;
            how.kind = ::opentelemetry::trace::SpanKind::kClient;
            if (parent) {
                how.parent = (*parent)->GetContext();
            } else {
                how.parent = ::opentelemetry::context::RuntimeContext::GetCurrent();
            }
            return new span_ptr(tracer_->StartSpan({name.data(), name.size()}, how));
        } catch (...) {
            return nullptr;
        }
    }

    template <class Describe>
    void end(void* data, Describe describe) noexcept {
        const std::unique_ptr<span_ptr> opened(static_cast<span_ptr*>(data));
        if (!opened) {
            return;
        }
        auto& to = **opened;
        try {
            const pgcoro::span made = describe();
            to.UpdateName(made.name);
            for (const auto& [key, value] : made.attributes) {
                if (const auto* const text = std::get_if<std::string>(&value)) {
                    to.SetAttribute(key, ::opentelemetry::nostd::string_view(text->data(), text->size()));
                } else {
                    to.SetAttribute(key, std::get<std::int64_t>(value));
                }
            }
            if (made.has_failed) {
                to.SetStatus(::opentelemetry::trace::StatusCode::kError);
            }
        } catch (...) {
            // It has fewer attributes.
        }
        to.End();
    }

    const tracer_ptr tracer_;
    const tracing_options options_;
};

} // namespace pgcoro::opentelemetry
