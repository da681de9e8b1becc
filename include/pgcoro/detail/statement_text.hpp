// SPDX-License-Identifier: BSL-1.0
// A statement's text on its way to the engine: borrowed forever if it is static, owned otherwise.
#pragma once

#include <pgcoro/detail/owned.hpp>
#include <pgcoro/errc.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::detail {

/// FNV-1a. The compiler computes it for literals, so that the engine finds their prepared statements without reading the text.
constexpr std::uint64_t fingerprint_of(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    return hash;
}

/// What its caller does with a statement's rows, which decides the format they are asked for in.
enum class rows_wanted : std::uint8_t {
    /// Nothing: text, which every type has.
    none,
    /// Reads them into types of its own: binary.
    typed,
    /// Text will do where binary cannot be had: a rowset, or strings.
    any,
};

class statement_text {
public:
    /// The number of placeholders is not known.
    static constexpr int unknown = -1;

    statement_text() noexcept = default;

    /// Text of static storage duration, NUL-terminated, without NUL inside.
    statement_text(std::string_view text, int placeholders, std::uint64_t fingerprint, bool is_stateless = false) noexcept
        : text_(text.data()), size_(text.size()), fingerprint_(fingerprint), known_{placeholders, is_stateless} {}
    statement_text(std::string_view text, int placeholders) noexcept
        : statement_text(text, placeholders, fingerprint_of(text)) {}

    explicit statement_text(std::string text)
        : owned_(new const std::string(std::move(text))), text_(owned_->c_str()), size_(owned_->size()) {}

    /// NUL-terminated. Stays where it is when the `statement_text` moves.
    const char* data() const noexcept { return text_; }
    std::size_t size() const noexcept { return size_; }
    std::string_view view() const noexcept { return {data(), size()}; }
    /// The same literal gives the same address: a key for caches.
    bool is_static() const noexcept { return !owned_; }
    /// Of static text.
    std::uint64_t fingerprint() const noexcept { return fingerprint_; }
    int placeholder_count() const noexcept { return known_.placeholders; }
    /// The compiler has seen that it changes nothing in its session that the next statement would notice. False if nobody has
    /// looked: see <pgcoro/detail/session_effect.hpp>.
    bool is_stateless() const noexcept { return known_.is_stateless; }

    rows_wanted wanted() const noexcept { return known_.wanted; }
    void want(rows_wanted rows) noexcept { known_.wanted = rows; }
    /// Its caller can do with some rows at a time.
    bool takes_chunks() const noexcept { return known_.takes_chunks; }
    void take_chunks() noexcept { known_.takes_chunks = true; }

    /// `errc::invalid_text` if it cannot be sent, else a zero value. Costs nothing for static text.
    errc check() const noexcept { return owned_ && owned_->find('\0') != std::string::npos ? errc::invalid_text : errc{}; }

private:
    // Side by side: every statement moves one of these, and so moves both at once.
    struct facts {
        int placeholders = unknown;
        bool is_stateless = false;
        rows_wanted wanted = rows_wanted::typed;
        bool takes_chunks = false;
    };

    // Behind a pointer, because most texts are static and every statement moves one of these.
    owned<const std::string> owned_;
    const char* text_ = "";
    std::size_t size_ = 0;
    std::uint64_t fingerprint_ = 0;
    facts known_;
};

} // namespace pgcoro::detail
