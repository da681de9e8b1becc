// SPDX-License-Identifier: BSL-1.0
// The settings of a connection: server, user, TLS and time limits.
#pragma once

#include <pgcoro/backoff.hpp>
#include <pgcoro/detail/saturating.hpp>
#include <pgcoro/notice.hpp>
#include <pgcoro/notification.hpp>
#include <pgcoro/prepare_policy.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro {
class observer;

namespace detail {
struct connect_options;
}

/// How TLS is used: the names and meanings of libpq's `sslmode`.
enum class sslmode { disable, allow, prefer, require, verify_ca, verify_full };

/// Whether SCRAM authentication must be bound to the TLS session, which rules out a man in the middle.
enum class channel_binding { disable, prefer, require };

/// Which servers are acceptable. `prefer_standby`: a standby if one can be reached, otherwise any server.
enum class session_attrs { any, read_write, read_only, primary, standby, prefer_standby };

/// The settings of a connection. A value, usually created from a string and then refined:
///
///     pgcoro::connect_config config("postgresql://app@db1,db2/shop?target_session_attrs=read-write");
///     config.password(secret).ca_file("/etc/shop/ca.crt").sslmode(pgcoro::sslmode::verify_full).attempt_timeout(3s);
///
/// Settings not given here come from the service file, then the `PG*` environment variables, then libpq's defaults, as in every
/// program that uses libpq. They are read when a connection is made. Our defaults differ where libpq's are unsafe: an unset
/// `sslmode` means `require` unless the server's address is a loopback address or a Unix socket; GSS encryption is off unless
/// requested; a dead peer is detected after about a minute (`keepalives_*`, `tcp_user_timeout`). Text is always UTF-8.
///
/// Errors: setters do not fail. A malformed string, an unknown keyword or a NUL character becomes the error of `connect`.
/// Thread safety: that of a `std::string`.
class connect_config {
public:
    /// Accepts any duration: `hours::max()` becomes the longest one that can be represented.
    using milliseconds = detail::saturating<std::chrono::milliseconds>;

    /// Takes everything from the environment.
    connect_config() noexcept = default;
    /// Keywords (`host=db user=app`) or a URI (`postgresql://app@db`), as in libpq's manual. Empty: from the environment.
    connect_config(std::string_view text);
    connect_config(const std::string& text) : connect_config(std::string_view(text)) {}
    connect_config(const char* text) : connect_config(std::string_view(text)) {}
    connect_config(const connect_config& other);
    connect_config(connect_config&& other) noexcept : given_(std::exchange(other.given_, nullptr)) {}
    connect_config& operator=(const connect_config& other);
    connect_config& operator=(connect_config&& other) noexcept;
    ~connect_config();

    /// The same, but reports an error at once. The message says where the text is wrong and never quotes it.
    static result<connect_config> parse(std::string_view text);
    /// The same for text from an untrusted source: a keyword that is not `allowed` is an error. Many keywords can do harm: they
    /// name files, select another server, or weaken security. The parts of a URI count as `user`, `password`, `host`, `port`
    /// and `dbname`. Setters called afterwards override the text.
    static result<connect_config> parse(std::string_view text, std::initializer_list<std::string_view> allowed);
    /// Reads `DATABASE_URL` if that variable is set. Settings it lacks come from the `PG*` variables.
    static connect_config from_environment();

    // Server. `host` takes a name, an address, or the directory of a Unix socket; lists are separated by commas.
    connect_config& host(std::string_view name);
    connect_config& port(std::uint16_t number);
    /// Adds a server, which is tried after those already given.
    connect_config& add_host(std::string_view name, std::uint16_t port = 5432);
    connect_config& service(std::string_view name);
    connect_config& target_session_attrs(session_attrs wanted);
    /// Tries hosts and addresses in random order instead of the given order.
    connect_config& load_balance_hosts(bool shuffle = true);

    // User and authentication.
    connect_config& database(std::string_view name);
    connect_config& user(std::string_view name);
    connect_config& password(std::string_view secret);
    connect_config& password_file(std::string_view path);
    connect_config& channel_binding(pgcoro::channel_binding mode);
    /// In SCRAM the server chooses how often the password is hashed, which blocks the event loop: about a millisecond per
    /// thousand iterations. More than `most` are refused. Default: 100 000; PostgreSQL's is 4 096. 0: no limit.
    connect_config& scram_iterations_limit(std::uint32_t most);

    // TLS. PEM text is kept in memory only (Linux: an anonymous file).
    connect_config& sslmode(pgcoro::sslmode mode);
    /// The certificate authorities to trust; "system" for those of the operating system (libpq 16).
    connect_config& ca_file(std::string_view path);
    connect_config& ca_pem(std::string_view text);
    connect_config& client_certificate_file(std::string_view path);
    connect_config& client_certificate_pem(std::string_view text);
    connect_config& client_key_file(std::string_view path);
    connect_config& client_key_pem(std::string_view text);
    connect_config& client_key_password(std::string_view secret);
    /// Accepts only a server certificate with this SHA-256 fingerprint (hexadecimal, colons allowed). The check precedes
    /// anything secret. Call it several times while certificates are being replaced. Implies `sslmode=require` at least.
    connect_config& pin_sha256(std::string_view fingerprint);

    // Time limits. Unless stated otherwise, a duration of zero or less means no limit, and so does `milliseconds::max()`.
    /// Limits each attempt at one address, and each name lookup. Default: libpq's `connect_timeout`, otherwise 10 s.
    connect_config& attempt_timeout(milliseconds limit);
    /// Limits `connect` as a whole. Default: no limit.
    connect_config& timeout(milliseconds limit);
    /// Tries all servers again, with these delays, when each of them failed for a transient reason (refused, unreachable, timed
    /// out, starting up, too many connections). Default: one round only.
    connect_config& retry(backoff_options options);
    /// The limit of each statement, batch, `ping`, `commit` and `rollback` that has no deadline of its own. Default: none.
    connect_config& command_timeout(milliseconds limit);
    /// An abandoned statement is cancelled at the server. Limits the cancel request, and then the statement; after that the
    /// connection is closed (docs/cancellation.md). Default: 2 s. Zero: no cancel request; later statements wait.
    connect_config& cancel_timeout(milliseconds limit);
    /// Also sets each deadline as the server's `statement_timeout`, rounded up to two digits, when it must change. Needs no
    /// extra round trip. Overwrites the value that a statement sets itself. Not for a pooler in transaction mode, where the
    /// setting would reach other clients (`pool_options::behind_pooler` switches it off).
    connect_config& server_deadlines(bool tell = true);
    connect_config& keepalives(std::chrono::seconds idle, std::chrono::seconds interval, int count);
    connect_config& tcp_user_timeout(milliseconds limit);

    // Other settings.
    connect_config& application_name(std::string_view name);
    /// Server settings for the session, as in "-c statement_timeout=5s -c search_path=shop". Spaces separate arguments: in a
    /// value, write a backslash before each space and each backslash (manual, "Parameter Key Words", options).
    connect_config& options(std::string_view command_line);
    /// Called with each notice, on the connection's executor. The hook must not use the connection.
    connect_config& on_notice(std::function<void(const notice&)> hook);
    /// Called with each notification of a channel the session listens to, on the connection's executor, in order. Called only
    /// when the connection reads: while statements are in flight, and in `probe`. Use a `listener` to receive notifications at
    /// once. The hook must not use the connection. Without a hook, notifications are dropped.
    connect_config& on_notification(std::function<void(notification)> hook);
    /// Where libpq's TLS and SCRAM computations run while connecting (a few milliseconds): a thread pool, for an event loop
    /// that must not block that long. Notices received while connecting are delivered there.
    connect_config& helper_executor(boost::asio::any_io_executor executor);
    /// How statements reach the server, and how many prepared statements a session keeps. Defaults: `automatic`, 256.
    connect_config& prepare(prepare_policy policy);
    connect_config& statement_cache_size(std::size_t statements);
    /// A pooler in transaction mode is in between. With `automatic`, statements are then named only if the pooler announces
    /// that it tracks them (PgBouncer 1.26 and later), and no query is needed to detect that the session is shared.
    connect_config& behind_pooler(bool yes = true);
    /// Adds an observer. It is told what connections of this configuration do, and what pools and multiplexers that use it do
    /// (<pgcoro/observer.hpp>). At most 8.
    connect_config& observe(std::shared_ptr<observer> o);
    /// Sets any keyword of libpq. An empty value counts as unset.
    connect_config& set(std::string_view keyword, std::string_view value);

    /// The value given for a keyword; empty if none was.
    std::string get(std::string_view keyword) const;
    /// The value `connect` would use for a keyword now, with service file, environment and defaults. Reads files.
    result<std::string> resolved(std::string_view keyword) const;
    /// The first error in the given settings, if any.
    result<void> check() const;

    const detail::connect_options& details() const noexcept;

private:
    detail::connect_options& given();
    connect_config& keep(std::string_view keyword, std::string_view pem);
    connect_config& refuse(error why);

    // Null if nothing was given. What it points to is not defined here, so that users need not compile it.
    detail::connect_options* given_ = nullptr;
};

/// Keywords and values, with secrets replaced by asterisks.
std::string to_string(const connect_config& config);
std::ostream& operator<<(std::ostream& out, const connect_config& config);

} // namespace pgcoro
