// SPDX-License-Identifier: BSL-1.0
// The snippets of docs/connecting.md. The program starts a server with TLS and users of its own.
#include "run.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/testing/ephemeral_server.hpp>

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdlib>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using tutorial::expect;

namespace {

const std::string secret = "the till's own";

pgcoro::testing::ephemeral_server start_server() {
    pgcoro::testing::server_options options;
    options.tls.emplace();
    options.users.emplace_back("app", secret);
    auto server = pgcoro::testing::ephemeral_server::create(options).value();
    server.run_sql("create database shop owner app").value();
    return server;
}

pgcoro::task<> refine(std::uint16_t port, std::string ca) {
    // [config]
    pgcoro::connect_config config("postgresql://app@localhost/shop?application_name=till");
    config.port(port).password(secret).ca_pem(ca).sslmode(pgcoro::sslmode::verify_full);
    config.attempt_timeout(5s).timeout(20s);
    std::cout << config << '\n'; // the password is not shown
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    // [/config]
    expect(db.is_open() && to_string(config).find(secret) == std::string::npos);

    // [tls]
    if (const auto& tls = db.tls()) {
        std::cout << tls->protocol << ", " << tls->cipher << ", " << tls->peer_subject << '\n';
        std::cout << "pin: " << tls->peer_sha256 << '\n';
    }
    // [/tls]
    expect(db.tls().has_value());

    const std::string fingerprint = db.tls()->peer_sha256;
    const std::string next_fingerprint(64, 'a');
    // [pin]
    config.pin_sha256(fingerprint);
    config.pin_sha256(next_fingerprint); // of the certificate that will replace it
    // [/pin]
    BOOST_OUTCOME_CO_TRY(auto pinned, co_await pgcoro::connect(config));
    pgcoro::connect_config other("host=localhost user=app dbname=shop");
    other.port(port).password(secret).pin_sha256(next_fingerprint);
    auto refused = co_await pgcoro::connect(other);
    expect(pinned.is_open() && refused.error() == pgcoro::errc::certificate_pin_mismatch);
    co_return pgcoro::success();
}

pgcoro::task<> bind_channel(std::uint16_t port) {
    // [binding]
    pgcoro::connect_config config("host=127.0.0.1 user=app dbname=shop sslmode=require");
    config.port(port).password(secret).channel_binding(pgcoro::channel_binding::require);
    // [/binding]
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    expect(db.tls().has_value());
    co_return pgcoro::success();
}

pgcoro::task<> fail_over(std::uint16_t port) {
    // [failover]
    pgcoro::connect_config config("user=app dbname=shop sslmode=require");
    config.password(secret).add_host("127.0.0.2", port).add_host("127.0.0.1", port);
    config.target_session_attrs(pgcoro::session_attrs::read_write);
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    for (const auto& attempt : db.failed_attempts()) {
        std::cout << attempt.host << " port " << attempt.port << ": " << attempt.reason.message() << '\n';
    }
    // [/failover]
    expect(db.address() == "127.0.0.1" && db.failed_attempts().size() == 1);

    // [attempts]
    auto nobody = co_await pgcoro::connect("host=127.0.0.2,127.0.0.3 port=" + std::to_string(port));
    for (const auto& attempt : nobody.error().attempts()) {
        std::cout << attempt.address << ": " << attempt.reason.message() << '\n';
    }
    // [/attempts]
    expect(nobody.error().attempts().size() == 2 && nobody.error().safe_to_retry());
    co_return pgcoro::success();
}

pgcoro::task<> be_patient(pgcoro::connect_config config) {
    // [retry]
    pgcoro::backoff_options patience;
    patience.initial = 200ms;
    patience.maximum = 3s;
    patience.attempts = 20;
    config.retry(patience).timeout(30s);
    // [/retry]
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    expect(db.is_open());
    co_return pgcoro::success();
}

pgcoro::task<> hear_notices(pgcoro::connect_config config) {
    std::string heard;
    // [notices]
    config.on_notice([&](const pgcoro::notice& n) {
        std::cout << n.severity() << ": " << n.message() << '\n';
        heard = n.message();
    });
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("do $$ begin raise notice 'the till is nearly full'; end $$"));
    // [/notices]
    expect(heard == "the till is nearly full");
    co_return pgcoro::success();
}

pgcoro::task<> use_helper(pgcoro::connect_config config) {
    // [helper]
    asio::thread_pool helper(1);
    config.helper_executor(helper.get_executor());
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config)); // the connection itself lives on this coroutine's executor
    // [/helper]
    expect(db.is_open());
    co_return pgcoro::success();
}

void check_early() {
    // [parse]
    auto config = pgcoro::connect_config::parse("host=db usr=app");
    if (!config) {
        std::cerr << config.error().message() << '\n';
    }
    // [/parse]
    expect(config.error() == pgcoro::errc::invalid_configuration);
}

pgcoro::result<pgcoro::connect_config> of_a_stranger(const std::string& text) {
    // [strangers]
    BOOST_OUTCOME_TRY(auto config,
                      pgcoro::connect_config::parse(text, {"host", "port", "user", "password", "dbname", "application_name"}));
    config.sslmode(pgcoro::sslmode::verify_full).ca_file("/etc/shop/ca.crt").password_file("/nonexistent");
    // [/strangers]
    return config;
}

pgcoro::task<> use_environment() {
    // [environment]
    auto config = pgcoro::connect_config::from_environment(); // DATABASE_URL, then PGHOST and the like
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(config));
    // [/environment]
    expect(db.is_open());
    co_return pgcoro::success();
}

pgcoro::task<> lesson(const pgcoro::testing::ephemeral_server& server) {
    BOOST_OUTCOME_CO_TRY(co_await refine(server.port(), server.authority().certificate_pem()));
    BOOST_OUTCOME_CO_TRY(co_await bind_channel(server.port()));
    BOOST_OUTCOME_CO_TRY(co_await fail_over(server.port()));
    BOOST_OUTCOME_CO_TRY(co_await be_patient(server.dsn()));
    BOOST_OUTCOME_CO_TRY(co_await hear_notices(server.dsn()));
    BOOST_OUTCOME_CO_TRY(co_await use_helper(server.dsn()));
    check_early();
    expect(of_a_stranger("postgresql://tenant:secret@db.example/shop").has_value());
    expect(!of_a_stranger("postgresql://tenant@db.example/shop?sslrootcert=/etc/passwd"));
    ::setenv("DATABASE_URL", server.dsn().c_str(), 1);
    BOOST_OUTCOME_CO_TRY(co_await use_environment());
    co_return pgcoro::success();
}

} // namespace

int main() {
    const auto server = start_server();
    return tutorial::run([&] { return lesson(server); });
}
