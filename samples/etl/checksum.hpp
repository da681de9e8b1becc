// SPDX-License-Identifier: BSL-1.0
// A SHA-256 of rows, that can be asked for in between.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace etl {

class checksum {
public:
    checksum();
    void add(std::string_view bytes);
    /// Of what was added so far, in hexadecimal digits.
    std::string hex() const;

private:
    struct freed {
        void operator()(evp_md_ctx_st* c) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, freed> context_;
};

} // namespace etl
