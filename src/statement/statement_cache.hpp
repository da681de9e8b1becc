// SPDX-License-Identifier: BSL-1.0
// Which statements one session has prepared under which names. It decides; the session does what it says.
#pragma once

#include <pgcoro/detail/statement_text.hpp>
#include <pgcoro/error.hpp>

#include <algorithm>
#include <array>
#include <bit>
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

struct alignas(64) prepared_statement {
    enum class state : std::uint8_t {
        absent,  // the server does not know it: Parse goes before the next Execute
        pending, // Parse is on its way
        ready,
        unnamed, // it cannot have a name in this session
    };

    state where = state::absent;
    /// In which format its rows are asked for, by `rows_wanted`: 0 text, 1 binary.
    std::array<std::uint8_t, 3> formats{0, 1, 1};
    /// Of its last result that was read into a vector.
    std::uint32_t last_rows = unknown_rows;
    static constexpr std::uint32_t unknown_rows = 0xffffffff;
    unsigned in_flight = 0;   // commands sent that name it: it must not be evicted
    unsigned generation = 0;  // how often its plan has gone stale
    bool is_outdated = false; // settings changed while its Parse was on its way
    std::uint64_t last_used = 0;
    std::string name; // once it is sent for the first time
    std::string text;
    std::vector<unsigned> types;
    bool is_described = false; // `formats` is what its columns need
    error parse_failure;       // of the last Parse that was answered
};

class statement_cache {
public:
    explicit statement_cache(std::size_t capacity);

    /// The entry for a text and its parameters' types, new and absent if there was none. Null if the statement has no name.
    [[gnu::always_inline]] prepared_statement* use(const detail::statement_text& text, std::span<const unsigned> types) {
        const std::uint64_t wanted = fingerprint(text, types);
        auto& [known, statement] = recent_[wanted % recent_.size()];
        if (known != wanted || !statement) [[unlikely]] {
            statement = find(text.view(), types); // one without a name is looked for every time
            known = wanted;
            if (!statement) {
                return nullptr;
            }
        }
        statement->last_used = ++clock_;
        return statement;
    }

    /// Gives a statement that is about to be prepared its name. True if the server still has it by that name, so that it is
    /// ready. `settings` are those of `statement_content`.
    bool name(prepared_statement& s, std::string_view settings);
    /// Its Parse has succeeded.
    void parsed(prepared_statement& s);
    /// It has failed, or was skipped.
    void not_parsed(prepared_statement& s, const error& why);
    /// The plan went stale or the server forgot it: the next use prepares it under a new name.
    void renew(prepared_statement& s);
    /// All of them, as settings have changed that decide what statements mean.
    void renew_all();
    /// As `renew`, where a new name would give the same plan: it has none from now on.
    void give_up_name(prepared_statement& s);
    /// Statements beyond the capacity get no name, and none is closed: where nobody can close one.
    void never_evict() noexcept { evicts_ = false; }
    /// The server dropped all of them (DISCARD ALL, DEALLOCATE ALL).
    void forget_all();

    /// How many names the server keeps for nothing, and one of them: whoever takes it closes it.
    std::size_t unneeded() const noexcept { return unneeded_.size(); }
    std::string take_unneeded();

    std::size_t size() const noexcept { return statements_.size(); }

private:
    /// Of a text and its parameters' types. No memory is read but what the caller has at hand.
    static std::uint64_t fingerprint(const detail::statement_text& text, std::span<const unsigned> types) noexcept {
        std::uint64_t hash = text.fingerprint();
        for (const unsigned type : types) {
            hash = std::rotl(hash ^ type, 29) * 0x9e3779b97f4a7c15;
        }
        return hash ^ text.size();
    }

    prepared_statement* find(std::string_view text, std::span<const unsigned> types);
    bool evict_one();
    void outdate(prepared_statement& s);
    void forget_recent(const prepared_statement& s) noexcept;

    std::uint64_t clock_ = 0;
    std::vector<std::string> unneeded_;
    std::size_t capacity_;
    bool evicts_ = true;
    std::unordered_multimap<std::string_view, std::unique_ptr<prepared_statement>> statements_;
    // Found by a fingerprint of 64 bits, not by text and types: two statements of one program that share it are as likely as a
    // broken memory cell.
    struct recent {
        std::uint64_t fingerprint = 0;
        prepared_statement* statement = nullptr;
    };
    std::array<recent, 128> recent_{};
};

} // namespace pgcoro::wire
