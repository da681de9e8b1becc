// SPDX-License-Identifier: BSL-1.0
// Spans of opentelemetry-cpp, where that library is found.
#include "support/run.hpp"
#include "support/shared_server.hpp"

#include <pgcoro/opentelemetry/tracing.hpp>
#include <pgcoro/pgcoro.hpp>

#include <opentelemetry/exporters/memory/in_memory_span_data.h>
#include <opentelemetry/exporters/memory/in_memory_span_exporter_factory.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/scope.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace {

namespace otel = opentelemetry;
using namespace pgcoro::test;
using pgcoro::connection;
using pgcoro::task;

class opentelemetry_tracing : public testing::Test {
protected:
    opentelemetry_tracing() {
        auto exporter = otel::exporter::memory::InMemorySpanExporterFactory::Create(seen_);
        provider_ = otel::sdk::trace::TracerProviderFactory::Create(
            otel::sdk::trace::SimpleSpanProcessorFactory::Create(std::move(exporter)));
    }

    otel::nostd::shared_ptr<otel::trace::Tracer> tracer() { return provider_->GetTracer("test"); }

    std::shared_ptr<otel::exporter::memory::InMemorySpanData> seen_;
    std::unique_ptr<otel::trace::TracerProvider> provider_;
};

TEST_F(opentelemetry_tracing, spans_are_children_of_what_is_current) {
    pgcoro::connect_config config(shared_server().dsn());
    pgcoro::opentelemetry::tracing_options options;
    options.comments = pgcoro::trace_comments::unprepared;
    config.observe(std::make_shared<pgcoro::opentelemetry::tracing>(tracer(), options));
    const auto around = tracer()->StartSpan("request");
    with_connection(config, [&](connection& c) -> task<> {
        pgcoro::operation<std::string> asked = [&] {
            return c
                .fetch_one<std::string>(
                    pgcoro::unchecked_sql("select query from pg_stat_activity where pid = pg_backend_pid()"))
                .named("own_query");
        }();
        const otel::trace::Scope scope(around); // nothing else runs on this thread
        BOOST_OUTCOME_CO_TRY(const auto query, co_await std::move(asked));
        EXPECT_NE(query.find("/*traceparent='00-"), std::string::npos) << query;
        EXPECT_FALSE(co_await c.execute("select 1 / 0"));
        BOOST_OUTCOME_CO_TRY(auto tx, co_await c.begin());
        BOOST_OUTCOME_CO_TRY(co_await tx.execute("select 1"));
        BOOST_OUTCOME_CO_TRY(co_await tx.commit());
        co_return success();
    });
    const auto spans = seen_->GetSpans();
    ASSERT_EQ(spans.size(), 5u);
    EXPECT_EQ(std::string(spans[0]->GetName()), "own_query");
    EXPECT_EQ(spans[0]->GetParentSpanId(), around->GetContext().span_id());
    EXPECT_EQ(spans[0]->GetTraceId(), around->GetContext().trace_id());
    EXPECT_EQ(spans[0]->GetSpanKind(), otel::trace::SpanKind::kClient);
    EXPECT_EQ(otel::nostd::get<std::string>(spans[0]->GetAttributes().at("db.system.name")), "postgresql");
    EXPECT_EQ(spans[1]->GetStatus(), otel::trace::StatusCode::kError);
    EXPECT_EQ(otel::nostd::get<std::string>(spans[1]->GetAttributes().at("db.response.status_code")), "22012");
    const auto transaction = std::find_if(spans.begin(), spans.end(),
                                          [](const auto& s) { return std::string(s->GetName()).starts_with("transaction "); });
    ASSERT_NE(transaction, spans.end());
    const auto inside = std::count_if(spans.begin(), spans.end(),
                                      [&](const auto& s) { return s->GetParentSpanId() == (*transaction)->GetSpanId(); });
    EXPECT_EQ(inside, 2); // the statement and the COMMIT
}

} // namespace
