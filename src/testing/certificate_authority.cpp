// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/testing/certificate_authority.hpp>

#include "failure.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace pgcoro::testing {
namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using name_ptr = std::unique_ptr<X509_NAME, freed_by<X509_NAME_free>>;
using crl_ptr = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using revoked_ptr = std::unique_ptr<X509_REVOKED, freed_by<X509_REVOKED_free>>;
using time_ptr = std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

error openssl_failure(const char* what) {
    char reason[256] = "no reason given";
    if (const auto code = ::ERR_get_error(); code != 0) {
        ::ERR_error_string_n(code, reason, sizeof reason);
    }
    ::ERR_clear_error();
    return unavailable(std::string("OpenSSL cannot ") + what + ": " + reason);
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

bool set_name(X509* x, const std::string& common_name) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.data());
    const name_ptr name(::X509_NAME_new()); // in OpenSSL 4, the name a certificate has is const
    return name &&
           ::X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8, bytes, static_cast<int>(common_name.size()), -1, 0) ==
               1 &&
           ::X509_set_subject_name(x, name.get()) == 1;
}

bool extend(X509* x, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    ::X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
    const extension_ptr made(::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return made && ::X509_add_ext(x, made.get(), -1) == 1;
}

std::string alternative_names(const certificate_options& options) {
    std::string all;
    for (const auto& name : options.dns_names) {
        all += (all.empty() ? "DNS:" : ",DNS:") + name;
    }
    for (const auto& address : options.ip_addresses) {
        all += (all.empty() ? "IP:" : ",IP:") + address;
    }
    return all;
}

x509_ptr read_certificate(const std::string& pem) {
    const bio_ptr text(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return x509_ptr(::PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
}

key_ptr read_key(const std::string& pem) {
    const bio_ptr text(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return key_ptr(::PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
}

/// Adds a certificate to a list of revoked ones.
bool revoke(X509_CRL* list, const std::string& pem, const ASN1_TIME* when) {
    const auto x = read_certificate(pem);
    revoked_ptr entry(::X509_REVOKED_new());
    const bool made = x && entry && ::X509_REVOKED_set_serialNumber(entry.get(), ::X509_get_serialNumber(x.get())) == 1 &&
                      ::X509_REVOKED_set_revocationDate(entry.get(), const_cast<ASN1_TIME*>(when)) == 1 &&
                      ::X509_CRL_add0_revoked(list, entry.get()) == 1;
    if (made) {
        static_cast<void>(entry.release()); // the list's
    }
    return made;
}

x509_ptr blank_certificate(EVP_PKEY* key, const certificate_options& options) {
    x509_ptr x(::X509_new());
    std::uint64_t serial = 0;
    const bool made = x && ::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
                      ::X509_set_version(x.get(), 2) == 1 && // counted from 0: version 3
                      ::ASN1_INTEGER_set_uint64(::X509_get_serialNumber(x.get()), serial >> 1 | 1) == 1 &&
                      ::X509_gmtime_adj(X509_getm_notBefore(x.get()), options.valid_from.count()) &&
                      ::X509_gmtime_adj(X509_getm_notAfter(x.get()), options.valid_until.count()) &&
                      ::X509_set_pubkey(x.get(), key) == 1;
    return made ? std::move(x) : nullptr;
}

result<certificate> to_pem(X509* x, EVP_PKEY* key, const std::string& passphrase) {
    const bio_ptr certificate_text(::BIO_new(::BIO_s_mem())), key_text(::BIO_new(::BIO_s_mem()));
    const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : ::EVP_aes_256_cbc();
    if (!certificate_text || !key_text || ::PEM_write_bio_X509(certificate_text.get(), x) != 1 ||
        ::PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, cipher, cipher ? passphrase.data() : nullptr,
                                        cipher ? static_cast<int>(passphrase.size()) : 0, nullptr, nullptr) != 1) {
        return openssl_failure("write a certificate");
    }
    return certificate{text_of(certificate_text.get()), text_of(key_text.get())};
}

} // namespace

certificate_options certificate_options::for_server() {
    certificate_options options;
    options.common_name = "localhost";
    options.dns_names = {"localhost"};
    options.ip_addresses = {"127.0.0.1", "::1"};
    return options;
}

certificate_options certificate_options::for_client(std::string user) {
    certificate_options options;
    options.common_name = std::move(user);
    return options;
}

result<certificate_authority> certificate_authority::create(const std::string& name) {
    certificate_options options;
    options.valid_until = std::chrono::hours(24 * 365);
    const key_ptr key(EVP_EC_gen("P-256"));
    if (!key) {
        return openssl_failure("make a key");
    }
    const auto x = blank_certificate(key.get(), options);
    if (!x || !set_name(x.get(), name) || ::X509_set_issuer_name(x.get(), ::X509_get_subject_name(x.get())) != 1 ||
        !extend(x.get(), x.get(), NID_basic_constraints, "critical,CA:TRUE") ||
        !extend(x.get(), x.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !extend(x.get(), x.get(), NID_subject_key_identifier, "hash") || ::X509_sign(x.get(), key.get(), ::EVP_sha256()) == 0) {
        return openssl_failure("make an authority's certificate");
    }
    certificate_authority made;
    BOOST_OUTCOME_TRY(made.self_, to_pem(x.get(), key.get(), {}));
    return made;
}

result<certificate> certificate_authority::issue(const certificate_options& options) const {
    const auto own = read_certificate(self_.certificate_pem);
    const auto own_key = read_key(self_.key_pem);
    const key_ptr key(EVP_EC_gen("P-256"));
    if (!own || !own_key || !key) {
        return openssl_failure("read the authority's key or make another");
    }
    const auto x = blank_certificate(key.get(), options);
    if (!x || !set_name(x.get(), options.common_name) ||
        ::X509_set_issuer_name(x.get(), ::X509_get_subject_name(own.get())) != 1 ||
        !extend(x.get(), own.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !extend(x.get(), own.get(), NID_key_usage, "critical,digitalSignature,keyEncipherment") ||
        !extend(x.get(), own.get(), NID_ext_key_usage, "serverAuth,clientAuth") ||
        !extend(x.get(), own.get(), NID_authority_key_identifier, "keyid")) {
        return openssl_failure("make a certificate");
    }
    const auto names = alternative_names(options);
    if (!names.empty() && !extend(x.get(), own.get(), NID_subject_alt_name, names)) {
        return error(errc::invalid_configuration, "no certificate can be for " + names);
    }
    if (::X509_sign(x.get(), own_key.get(), ::EVP_sha256()) == 0) {
        return openssl_failure("sign a certificate");
    }
    return to_pem(x.get(), key.get(), options.key_passphrase);
}

result<std::string> certificate_authority::revocation_list(const std::vector<certificate>& revoked) const {
    const auto own = read_certificate(self_.certificate_pem);
    const auto own_key = read_key(self_.key_pem);
    const crl_ptr list(::X509_CRL_new());
    const time_ptr now(::X509_gmtime_adj(nullptr, 0)), later(::X509_gmtime_adj(nullptr, 24 * 3600));
    bool made = own && own_key && list && now && later && ::X509_CRL_set_version(list.get(), 1) == 1 && // counted from 0
                ::X509_CRL_set_issuer_name(list.get(), ::X509_get_subject_name(own.get())) == 1 &&
                ::X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 &&
                ::X509_CRL_set1_nextUpdate(list.get(), later.get()) == 1;
    for (const auto& one : revoked) {
        made = made && revoke(list.get(), one.certificate_pem, now.get());
    }
    const bio_ptr text(::BIO_new(::BIO_s_mem()));
    if (!made || !text || ::X509_CRL_sort(list.get()) != 1 || ::X509_CRL_sign(list.get(), own_key.get(), ::EVP_sha256()) == 0 ||
        ::PEM_write_bio_X509_CRL(text.get(), list.get()) != 1) {
        return openssl_failure("make a revocation list");
    }
    return text_of(text.get());
}

} // namespace pgcoro::testing
