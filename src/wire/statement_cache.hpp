// SPDX-License-Identifier: BSL-1.0
// Which statements one session has prepared under which names. It decides; the session does what it says.
#pragma once

#include <pgcoro/detail/statement_text.hpp>
#include <pgcoro/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgcoro::wire {

struct prepared_statement {
    enum class state : std::uint8_t {
        absent,  // the server does not know it: Parse goes before the next Execute
        pending, // Parse is on its way
        ready,
    };

    std::string text;
    std::vector<unsigned> types;
    std::string name;
    state where = state::absent;
    unsigned in_flight = 0; // commands sent that name it: it must not be evicted
    std::uint64_t last_used = 0;
    error parse_failure; // of the last Parse that was answered
};

class statement_cache {
public:
    explicit statement_cache(std::size_t capacity);

    /// The entry for a text and its parameters' types, new and absent if there was none.
    [[gnu::always_inline]] prepared_statement& use(const detail::statement_text& text, std::span<const unsigned> types) {
        auto& [fingerprint, known] = recent_[text.fingerprint() % recent_.size()];
        if (fingerprint != text.fingerprint() || !known || known->text.size() != text.size() || !same_types(*known, types)) {
            known = &find(text.view(), types);
            fingerprint = text.fingerprint();
        }
        known->last_used = ++clock_;
        return *known;
    }

    /// The plan went stale or the server forgot it: the next use prepares it under a new name.
    void renew(prepared_statement& s);
    /// The server dropped all of them (DISCARD ALL, DEALLOCATE ALL).
    void forget_all();

    /// How many names the server keeps for nothing, and one of them: whoever takes it closes it.
    std::size_t unneeded() const noexcept { return unneeded_.size(); }
    std::string take_unneeded();

    std::size_t size() const noexcept { return statements_.size(); }

private:
    static bool same_types(const prepared_statement& s, std::span<const unsigned> types) noexcept {
        const std::size_t count = types.size();
        if (s.types.size() != count) {
            return false;
        }
        std::size_t i = 0;
        while (i < count && s.types[i] == types[i]) {
            ++i;
        }
        return i == count;
    }

    prepared_statement& find(std::string_view text, std::span<const unsigned> types);
    bool evict_one();
    void name(prepared_statement& s);

    std::size_t capacity_;
    std::uint64_t clock_ = 0;
    std::uint64_t names_ = 0;
    // Found by a fingerprint of 64 bits, not by the text: two statements of one program that share it are as likely as a broken
    // memory cell.
    std::array<std::pair<std::uint64_t, prepared_statement*>, 128> recent_{};
    std::unordered_multimap<std::string_view, std::unique_ptr<prepared_statement>> statements_;
    std::vector<std::string> unneeded_;
};

} // namespace pgcoro::wire
