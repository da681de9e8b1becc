// SPDX-License-Identifier: BSL-1.0
#include "connect/tls_watch.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace pgcoro::wire {
namespace {

int slot() noexcept {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

} // namespace

void tls_watch::observe(PGconn* connection) {
    auto* const session = static_cast<SSL*>(PQsslStruct(connection, "OpenSSL"));
    if (!session || session == session_) {
        return;
    }
    forget();
    SSL_up_ref(session);
    session_ = session;
    SSL_set_ex_data(session, slot(), this);
    SSL_set_info_callback(session, &tls_watch::on_event);
}

void tls_watch::forget() noexcept {
    if (session_) {
        SSL_set_info_callback(session_, nullptr);
        SSL_set_ex_data(session_, slot(), nullptr);
        SSL_free(session_);
    }
    session_ = nullptr;
    alert_ = 0;
}

void tls_watch::on_event(const SSL* session, int where, int value) noexcept {
    auto* const self = static_cast<tls_watch*>(SSL_get_ex_data(session, slot()));
    constexpr int close_notify = 0;
    if (self && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (value & 0xff) != close_notify) {
        self->alert_ = value;
    }
}

std::ptrdiff_t tls_watch::peek(std::span<char> bytes) noexcept {
    if (!session_) {
        return 0;
    }
    const int size = SSL_peek(session_, bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error(); // libpq will run into the same
    return size;
}

bool tls_watch::handshake_finished() const noexcept { return session_ && SSL_is_init_finished(session_); }

std::optional<error> tls_watch::failure() const {
    if (!session_) {
        return std::nullopt;
    }
    // With sslmode=require nobody asked for the verdict, and it says nothing about why something failed.
    const auto verdict = SSL_get_verify_result(session_);
    if (SSL_get_verify_mode(session_) != SSL_VERIFY_NONE && verdict != X509_V_OK) {
        return error(errc::certificate_invalid,
                     std::string("the server's certificate was refused: ") + X509_verify_cert_error_string(verdict));
    }
    if (alert_ != 0) {
        return error(errc::tls_failed,
                     std::string("the server ended the TLS handshake: ") + SSL_alert_desc_string_long(alert_));
    }
    return std::nullopt;
}

} // namespace pgcoro::wire
