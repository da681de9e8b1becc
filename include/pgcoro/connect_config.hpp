// SPDX-License-Identifier: BSL-1.0
// Where to connect to, as whom, and how carefully.
#pragma once

#include <pgcoro/detail/connect_options.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/result.hpp>

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

namespace pgcoro {

/// How much TLS: the words and meanings of libpq's `sslmode`.
enum class sslmode { disable, allow, prefer, require, verify_ca, verify_full };

/// Whether SCRAM authentication must be bound to the TLS session, so that nobody can sit in between.
enum class channel_binding { disable, prefer, require };

/// Which of several servers will do. `prefer_standby`: any, but a standby if one can be reached.
enum class session_attrs { any, read_write, read_only, primary, standby, prefer_standby };

/// The settings of a connection. A value, usually made from a string and then refined:
///
///     pgcoro::connect_config config("postgresql://app@db1,db2/shop?target_session_attrs=read-write");
///     config.password(secret).ca_file("/etc/shop/ca.crt").sslmode(pgcoro::sslmode::verify_full).attempt_timeout(3s);
///
/// What is not given here comes, as with every program that uses libpq, from the service file, then the `PG*` environment
/// variables, then libpq's defaults; they are read when a connection is made. Our defaults differ where libpq's are unsafe:
/// an unset `sslmode` means `require` unless the server's address is a loopback one or a Unix socket; GSS encryption is off
/// unless asked for; a dead peer is noticed after about a minute (`keepalives_*`, `tcp_user_timeout`). Text is always UTF-8.
///
/// Errors are remembered: a malformed string, an unknown keyword or a NUL character becomes the error of `connect`.
/// Thread safety: like a `std::string`.
class connect_config {
public:
    /// Takes any duration: `hours::max()` becomes the longest there is.
    using milliseconds = detail::saturating<std::chrono::milliseconds>;

    /// Everything from the environment.
    connect_config() = default;
    /// Keywords (`host=db user=app`) or a URI (`postgresql://app@db`), as in libpq's manual. Empty: the environment.
    connect_config(std::string_view text);
    connect_config(const std::string& text) : connect_config(std::string_view(text)) {}
    connect_config(const char* text) : connect_config(std::string_view(text)) {}

    /// The same, with the error at once. Its message says where the text is wrong and never repeats it.
    static result<connect_config> parse(std::string_view text);
    /// The same for text that others may have written: a keyword that is not `allowed` is an error. Many can do harm: they name
    /// files, another server, or less security than you want. A URI's parts count as `user`, `password`, `host`, `port` and
    /// `dbname`. What you set afterwards replaces what the text says.
    static result<connect_config> parse(std::string_view text, std::initializer_list<std::string_view> allowed);
    /// `DATABASE_URL` if that variable is set; what it does not say, from the `PG*` variables.
    static connect_config from_environment();

    // Where. `host` takes a name, an address, or the directory of a Unix socket; lists are separated by commas.
    connect_config& host(std::string_view name);
    connect_config& port(std::uint16_t number);
    /// One more server to try after those named before.
    connect_config& add_host(std::string_view name, std::uint16_t port = 5432);
    connect_config& service(std::string_view name);
    connect_config& target_session_attrs(session_attrs wanted);
    /// Tries hosts and addresses in random order instead of in the order given.
    connect_config& load_balance_hosts(bool shuffle = true);

    // As whom.
    connect_config& database(std::string_view name);
    connect_config& user(std::string_view name);
    connect_config& password(std::string_view secret);
    connect_config& password_file(std::string_view path);
    connect_config& channel_binding(pgcoro::channel_binding mode);
    /// In SCRAM the server says how often the password is hashed, and the loop stands still meanwhile: about a millisecond for
    /// a thousand times. A server that wants more than this is refused. Default: 100 000; PostgreSQL's is 4 096. 0: no limit.
    connect_config& scram_iterations_limit(std::uint32_t most);

    // TLS. Text is in PEM format and kept in memory only (Linux: an anonymous file).
    connect_config& sslmode(pgcoro::sslmode mode);
    /// The certificates that may sign the server's; "system" for those of the operating system (libpq 16).
    connect_config& ca_file(std::string_view path);
    connect_config& ca_pem(std::string_view text);
    connect_config& client_certificate_file(std::string_view path);
    connect_config& client_certificate_pem(std::string_view text);
    connect_config& client_key_file(std::string_view path);
    connect_config& client_key_pem(std::string_view text);
    connect_config& client_key_password(std::string_view secret);
    /// Only the certificate with this SHA-256 fingerprint (hexadecimal, colons allowed) is talked to: the check comes before
    /// anything secret is sent. Give several while certificates are exchanged. Implies `sslmode=require` at least.
    connect_config& pin_sha256(std::string_view fingerprint);

    // How long. A duration of zero or less means no limit, and so does `milliseconds::max()`.
    /// For one attempt at one address, or one name lookup. Default: libpq's `connect_timeout`, else 10 s.
    connect_config& attempt_timeout(milliseconds limit);
    /// For `connect` as a whole. Default: none.
    connect_config& timeout(milliseconds limit);
    /// Starts over when every server failed in a way that may pass (refused, unreachable, timed out, starting up, too many
    /// connections), with these delays. Default: no second round.
    connect_config& retry(backoff_options options);
    /// For each statement, batch, `ping`, `commit` and `rollback` that has no deadline of its own. Default: none.
    connect_config& command_timeout(milliseconds limit);
    /// A statement that was given up is cancelled at the server: the cancel request may take so long, and then the statement;
    /// past that the connection is closed (docs/cancellation.md). Default: 2 s. Zero: it goes on, and what comes next waits.
    connect_config& cancel_timeout(milliseconds limit);
    /// Deadlines are also set as the server's `statement_timeout`, rounded up to two digits, whenever that changes. No round
    /// trip of its own. What a statement sets itself is overwritten. Not behind a pooler in transaction mode, where the setting
    /// would be somebody else's (`pool_options::behind_pooler` switches it off).
    connect_config& server_deadlines(bool tell = true);
    connect_config& keepalives(std::chrono::seconds idle, std::chrono::seconds interval, int count);
    connect_config& tcp_user_timeout(milliseconds limit);

    // What else.
    connect_config& application_name(std::string_view name);
    /// Server settings for the session, as in "-c statement_timeout=5s -c search_path=shop".
    connect_config& options(std::string_view command_line);
    /// Called with each notice, on the connection's executor. It may not use the connection.
    connect_config& on_notice(std::function<void(const notice&)> hook);
    /// Where libpq's TLS and SCRAM arithmetic runs while connecting (some milliseconds): a thread pool, for a loop that cannot
    /// wait that long. Notices that come while connecting are delivered there.
    connect_config& helper_executor(boost::asio::any_io_executor executor);
    /// How statements reach the server, and how many prepared ones a session keeps. Defaults: `automatic`, 256.
    connect_config& prepare(prepare_policy policy);
    connect_config& statement_cache_size(std::size_t statements);
    /// A pooler in transaction mode is between. With `automatic`, statements then have names only if the pooler announces that
    /// it keeps track of them (PgBouncer 1.26 and later), and no question is needed to find out that the session is shared.
    connect_config& behind_pooler(bool yes = true);
    /// Any keyword of libpq. An empty value counts as unset.
    connect_config& set(std::string_view keyword, std::string_view value);

    /// What was given for a keyword; empty if nothing was.
    std::string get(std::string_view keyword) const;
    /// What `connect` would use for a keyword now, with service file, environment and defaults. Reads files.
    result<std::string> resolved(std::string_view keyword) const;
    /// The first thing wrong with what was given, if any.
    result<void> check() const;

    const detail::connect_options& details() const noexcept { return given_; }

private:
    connect_config& keep(std::string_view keyword, std::string_view pem);
    connect_config& refuse(error why);

    detail::connect_options given_;
};

/// Keywords and values, secrets replaced by asterisks.
std::string to_string(const connect_config& config);
std::ostream& operator<<(std::ostream& out, const connect_config& config);

} // namespace pgcoro
