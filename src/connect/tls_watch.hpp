// SPDX-License-Identifier: BSL-1.0
// Why a TLS handshake inside libpq failed: what OpenSSL knows and libpq only turns into text.
#pragma once

#include <pgcoro/error.hpp>

#include <libpq-fe.h>
#include <openssl/types.h>

#include <optional>
#include <span>
#include <string>

namespace pgcoro::wire {

/// Holds a reference to the connection's TLS session, so that it can still be asked after libpq has dropped it.
class tls_watch {
public:
    tls_watch() noexcept = default;
    tls_watch(const tls_watch&) = delete;
    tls_watch& operator=(const tls_watch&) = delete;
    ~tls_watch() { forget(); }

    /// To be called after each step of libpq's: looks for a session that is new.
    void observe(PGconn* connection);

    bool started() const noexcept { return session_ != nullptr; }
    bool handshake_finished() const noexcept;
    /// What of the current TLS record libpq would read now; 0 or less if nothing.
    std::ptrdiff_t peek(std::span<char> bytes) noexcept;
    /// A certificate that did not verify, or an alert from the server. Nothing: TLS was not what failed.
    std::optional<error> failure() const;

private:
    static void on_event(const SSL* session, int where, int value) noexcept;
    void forget() noexcept;

    SSL* session_ = nullptr;
    int alert_ = 0;
};

} // namespace pgcoro::wire
