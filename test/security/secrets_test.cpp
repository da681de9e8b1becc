// SPDX-License-Identifier: BSL-1.0
// Passwords, keys and the values of parameters are in nothing that a program might log: this makes everything fail, writes down
// all that is said about it, and looks for them.
#include "integration/connecting.hpp"
#include "support/judge.hpp"
#include "support/shared_server.hpp"
#include "support/started.hpp"

#include <pgcoro/pgcoro.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/testing/certificate_authority.hpp>

#include <future>
#include <sstream>

namespace {

using namespace pgcoro::test;
using namespace std::chrono_literals;
using pgcoro::connect_config;
using pgcoro::connection;
using pgcoro::error;
using pgcoro::task;
using pgcoro::unchecked_sql;

// Each is unlike everything else that is said.
const std::string password = "xyzzy-password";
const std::string passphrase = "xyzzy-passphrase";
const std::string value = "xyzzy-value";

/// Everything that was said.
class overheard {
public:
    void add(const error& e) {
        ++errors_;
        all_ << e << '\n' << e.message() << '\n' << e.describe() << '\n' << pgcoro::exception(e).what() << '\n';
        all_ << e.detail() << e.hint() << e.context() << e.statement() << '\n';
        for (const auto& attempt : e.attempts()) {
            all_ << attempt.host << attempt.address << '\n';
            add(attempt.reason);
        }
    }
    template <class T>
    void add(const pgcoro::result<T>& r) {
        ASSERT_FALSE(r) << "this was to fail";
        add(r.error());
    }
    void add(const connect_config& config) { all_ << config << '\n' << to_string(config) << '\n'; }

    std::string text() const { return all_.str(); }
    int errors() const noexcept { return errors_; }

private:
    std::ostringstream all_;
    int errors_ = 0;
};

class secrets : public testing::Test {
protected:
    static void SetUpTestSuite() {
        shared_server().run_sql("create role keeper login password 'right'; create table kept (v text unique)").value();
    }
    void SetUp() override { testing::internal::CaptureStderr(); }

    void TearDown() override {
        const auto said = heard_.text() + testing::internal::GetCapturedStderr();
        EXPECT_GT(heard_.errors(), 0);
        EXPECT_EQ(said.find("xyzzy"), std::string::npos) << said;
        EXPECT_EQ(said.find("BEGIN ENCRYPTED PRIVATE KEY"), std::string::npos);
    }

    static connect_config config() {
        connect_config c("host=127.0.0.1 user=keeper dbname=postgres");
        c.port(shared_server().port()).password(password).attempt_timeout(500ms);
        return c.set("sslmode", "disable");
    }
    void refused(const connect_config& c) {
        heard_.add(c);
        const auto body = [&]() -> task<> {
            auto made = co_await pgcoro::connect(c).within(60s);
            heard_.add(made);
            co_return success();
        };
        run(body);
    }

    overheard heard_;
};

TEST_F(secrets, when_a_connection_string_is_malformed) {
    for (const std::string& text :
         {"host=db password='" + password, "host=db password=" + password + " " + password, password,
          "postgres://u:" + password + "%zz@db", "postgres://u:" + password + "@[::1", "postgres://u@db/?pass=" + password,
          "host=db sslpassword=" + passphrase + " =", "host=db options='" + password + "' port=x"}) {
        const auto parsed = connect_config::parse(text);
        if (!parsed) {
            heard_.add(parsed);
        }
        const auto strict = connect_config::parse(text, {"host"});
        heard_.add(strict);
    }
    connect_config c;
    c.set("passwort", password);
    heard_.add(c.check());
    heard_.add(connect_config().password(std::string_view("xyzzy\0", 6)).check());
}

TEST_F(secrets, when_a_server_cannot_be_reached_or_refuses) {
    const refusing_port nobody;
    const silent_port silent;
    refused(config());
    refused(config().database("nowhere"));
    refused(config().port(nobody.number()));
    refused(config().port(silent.number()));
    refused(config().host("no-such-host.invalid"));
    refused(config().host("/nonexistent"));
    refused(config().sslmode(pgcoro::sslmode::require));
    refused(config().channel_binding(pgcoro::channel_binding::require));
    refused(config().set("sslmode", "perhaps"));
    refused(config().add_host("127.0.0.1", nobody.number()).port(nobody.number()));
}

TEST_F(secrets, when_keys_and_certificates_are_of_no_use) {
    auto options = pgcoro::testing::certificate_options::for_client("keeper");
    options.key_passphrase = passphrase;
    const auto authority = pgcoro::testing::certificate_authority::create().value();
    const auto issued = authority.issue(options).value();
    // To get as far as the key is read, somebody has to agree to TLS.
    for (const char* said : {"the wrong one, ", ""}) {
        silent_port agreeing;
        auto served = std::async(std::launch::async, [&] { agreeing.answer("S"); });
        auto c = config().port(agreeing.number()).sslmode(pgcoro::sslmode::require);
        c.client_certificate_pem(issued.certificate_pem).client_key_pem(issued.key_pem);
        c.client_key_password(said + passphrase);
        refused(c);
        served.wait();
    }
}

TEST_F(secrets, when_statements_fail) {
    std::string noticed;
    connect_config c(shared_server().dsn());
    c.on_notice([&](const pgcoro::notice& n) { heard_.add(n); });
    with_connection(c, [&](connection& db) -> task<> {
        libpq_session judge(shared_server().dsn());
        const std::string with_nul = value + '\0';
        heard_.add(co_await db.execute("select 1 / length($1) - 1 / 0", value));
        heard_.add(co_await db.execute(unchecked_sql("select $1::text from nowhere"), value));
        heard_.add(co_await db.execute(unchecked_sql("select $1, $2"), value));
        heard_.add(co_await db.execute(unchecked_sql("select 1; select $1"), value));
        heard_.add(co_await db.execute("select $1::text", with_nul));
        heard_.add(co_await db.fetch_one<int>("select $1::text", value));
        heard_.add(co_await db.fetch_one<std::string>("select $1::text where false", value));
        heard_.add(co_await db.fetch_one<std::string>("select $1::text from generate_series(1, 2)", value));
        heard_.add(co_await db.execute("select pg_sleep(60), $1::text", value).within(1ms));
        terminate(judge, db);
        heard_.add(co_await db.execute("select $1::text", value));
        heard_.add(co_await db.execute("select $1::text", value));
        co_return success();
    });
}

TEST_F(secrets, when_a_pool_cannot_connect) {
    pgcoro::pool_options options;
    options.acquire_timeout = 300ms;
    options.hooks.on_connect_failed = [&](const error& why, int) { heard_.add(why); };
    asio::io_context loop(1);
    const auto body = [&]() -> task<> {
        pgcoro::pool db(loop.get_executor(), config(), options);
        heard_.add(co_await db.execute("select $1::text", value));
        auto closed = co_await db.close();
        co_return closed;
    };
    run(loop, body);
}

} // namespace
