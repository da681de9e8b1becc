// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/sql.hpp>

#include <memory>
#include <mutex>
#include <unordered_map>

namespace pgcoro {

unchecked_sql unchecked_sql::kept(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        return unchecked_sql(std::string(text)); // its use reports it
    }
    // Never destroyed: statements refer to the texts, whenever they end.
    static auto& mutex = *new std::mutex;
    static auto& texts = *new std::unordered_map<std::string_view, std::unique_ptr<const kept_text>>;
    const std::lock_guard lock(mutex);
    const auto found = texts.find(text);
    if (found != texts.end()) {
        return unchecked_sql(found->second.get());
    }
    detail::session_watch watch;
    const auto placeholders = detail::scan_placeholders(text, watch);
    // The full check before it is sent reports what is wrong with such a text.
    const bool needs_check = placeholders.unterminated || placeholders.zero || placeholders.missing != 0 ||
                             placeholders.count >= detail::sql_scanner::too_high || detail::sets_encoding(text) ||
                             detail::may_be_copy(text);
    const int count = needs_check ? detail::statement_text::unknown : placeholders.count;
    auto made = std::make_unique<const kept_text>(
        kept_text{std::string(text), count, detail::fingerprint_of(text), watch.found().empty()});
    const kept_text* const kept = made.get();
    texts.emplace(kept->text, std::move(made));
    return unchecked_sql(kept);
}

} // namespace pgcoro
