// SPDX-License-Identifier: BSL-1.0
#include "connect/tls_facts.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>

namespace pgcoro::wire {
namespace {

struct free_certificate {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
using certificate_ptr = std::unique_ptr<X509, free_certificate>;

certificate_ptr peer_certificate(PGconn* connection) {
    auto* const session = static_cast<SSL*>(PQsslStruct(connection, "OpenSSL"));
    return certificate_ptr(session ? SSL_get1_peer_certificate(session) : nullptr);
}

std::string fingerprint(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string hex;
    if (certificate && X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1) {
        for (unsigned i = 0; i < size; ++i) {
            hex += "0123456789abcdef"[digest[i] >> 4];
            hex += "0123456789abcdef"[digest[i] & 0xf];
        }
    }
    return hex;
}

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
    if (!out ||
        X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0) {
        return {};
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? std::chrono::system_clock::from_time_t(::timegm(&parts))
                                              : std::chrono::system_clock::time_point();
}

std::string attribute(PGconn* connection, const char* name) {
    const char* const value = PQsslAttribute(connection, name);
    return value ? value : "";
}

} // namespace

std::optional<tls_info> read_tls_facts(PGconn* connection) {
    if (PQsslInUse(connection) == 0) {
        return std::nullopt;
    }
    std::optional<tls_info> info(std::in_place);
    info->protocol = attribute(connection, "protocol");
    info->cipher = attribute(connection, "cipher");
    info->alpn = attribute(connection, "alpn");
    if (const auto certificate = peer_certificate(connection)) {
        info->peer_subject = text_of(X509_get_subject_name(certificate.get()));
        info->peer_issuer = text_of(X509_get_issuer_name(certificate.get()));
        info->peer_expires = time_of(X509_get0_notAfter(certificate.get()));
        info->peer_sha256 = fingerprint(certificate.get());
    }
    return info;
}

std::string peer_fingerprint(PGconn* connection) { return fingerprint(peer_certificate(connection).get()); }

} // namespace pgcoro::wire
