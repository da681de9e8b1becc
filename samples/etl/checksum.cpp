// SPDX-License-Identifier: BSL-1.0
#include "checksum.hpp"

#include <openssl/evp.h>

#include <new>
#include <span>

namespace etl {
namespace {

void require(int succeeded) {
    if (succeeded != 1) {
        throw std::bad_alloc(); // the only way in which SHA-256 fails
    }
}

} // namespace

void checksum::freed::operator()(evp_md_ctx_st* c) const noexcept { EVP_MD_CTX_free(c); }

checksum::checksum() : context_(EVP_MD_CTX_new()) { require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }

void checksum::add(std::string_view bytes) { require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

std::string checksum::hex() const {
    const std::unique_ptr<evp_md_ctx_st, freed> copy(EVP_MD_CTX_new());
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    require(EVP_MD_CTX_copy_ex(copy.get(), context_.get()));
    require(EVP_DigestFinal_ex(copy.get(), digest, &size));
    std::string text;
    for (const unsigned char byte : std::span(digest, size)) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

} // namespace etl
