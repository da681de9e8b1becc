// SPDX-License-Identifier: BSL-1.0
// Which statements one session has prepared under which names. It decides; the session does what it says.
#pragma once

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
    prepared_statement& use(std::string_view text, std::span<const unsigned> types) {
        auto* known = recent_[slot(text)];
        if (!known || known->text != text || !same_types(*known, types)) {
            known = &find(text, types);
            recent_[slot(text)] = known;
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
    // Static SQL has one address for each place in the program, so its low bits find the entry without hashing the text;
    // the text is compared all the same, for a library that was unloaded may have left its address to another.
    static constexpr std::size_t recent_size = 128;
    static std::size_t slot(std::string_view text) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(text.data());
        return (address ^ (address >> 7) ^ (text.size() << 3)) % recent_size;
    }
    static bool same_types(const prepared_statement& s, std::span<const unsigned> types) noexcept {
        return std::equal(s.types.begin(), s.types.end(), types.begin(), types.end());
    }

    prepared_statement& find(std::string_view text, std::span<const unsigned> types);
    bool evict_one();
    void name(prepared_statement& s);

    std::size_t capacity_;
    std::uint64_t clock_ = 0;
    std::uint64_t names_ = 0;
    std::array<prepared_statement*, recent_size> recent_{};
    std::unordered_multimap<std::string_view, std::unique_ptr<prepared_statement>> statements_;
    std::vector<std::string> unneeded_;
};

} // namespace pgcoro::wire
