// SPDX-License-Identifier: BSL-1.0
#include "stage_rows.hpp"

#include <utility>

namespace etl {
namespace {
constexpr std::size_t piece = std::size_t{64} * 1024;
}

pgcoro::task<std::optional<staged_rows>> row_stager::run(source& from, const staged_so_far& earlier) {
    earlier_ = earlier;
    meter_.begin(from.size());
    for (bool more = true; more;) {
        BOOST_OUTCOME_CO_TRY(auto b, co_await from.read());
        for (const reject& r : b.rejects) {
            ++so_far_.counts.read;
            BOOST_OUTCOME_CO_TRY(rejects_.add(r));
        }
        for (row& r : b.rows) {
            BOOST_OUTCOME_CO_TRY(take(std::move(r)));
            if (differs()) {
                co_return std::nullopt;
            }
            if (pending_.size() >= piece) {
                BOOST_OUTCOME_CO_TRY(co_await send());
            }
            if (is_full()) {
                BOOST_OUTCOME_CO_TRY(co_await checkpoint());
            }
        }
        more = !b.is_last;
        meter_.add(b.bytes, so_far_.counts.read);
    }
    if (so_far_.counts.resumed < static_cast<std::uint64_t>(earlier_.rows)) {
        co_return std::nullopt; // the source has become shorter
    }
    BOOST_OUTCOME_CO_TRY(co_await checkpoint());
    meter_.finish(pgcoro::command_tag("COPY " + std::to_string(so_far_.counts.read)));
    so_far_.counts.filtered = transform_.filtered();
    so_far_.counts.source_checksum = transform_.source_checksum();
    so_far_.counts.staged_checksum = sum_.hex();
    co_return so_far_;
}

pgcoro::result<> row_stager::take(row r) {
    auto& counts = so_far_.counts;
    ++counts.read;
    const auto line = r.line;
    auto taken = transform_.take(std::move(r));
    if (auto* why = std::get_if<problem>(&taken)) {
        return rejects_.add({line, std::move(*why)});
    }
    const auto text = std::get<std::string_view>(taken);
    if (text.empty()) {
        return pgcoro::success();
    }
    sum_.add(text);
    so_far_.lines = {so_far_.lines.last == 0 ? line : so_far_.lines.first, line};
    ++counts.staged;
    if (counts.staged <= static_cast<std::uint64_t>(earlier_.rows)) {
        counts.resumed = counts.staged;
        if (counts.staged == static_cast<std::uint64_t>(earlier_.rows)) {
            earlier_sum_ = sum_.hex();
        }
    } else {
        pending_ += text;
        ++in_batch_;
    }
    return pgcoro::success();
}

bool row_stager::differs() const { return !earlier_sum_.empty() && earlier_sum_ != earlier_.checksum; }

pgcoro::task<> row_stager::send() {
    const std::string rows = std::exchange(pending_, {});
    co_return co_await stage_.write(rows);
}

pgcoro::task<> row_stager::checkpoint() {
    if (!pending_.empty()) {
        BOOST_OUTCOME_CO_TRY(co_await send());
    }
    in_batch_ = 0;
    staged_so_far now;
    now.rows = static_cast<std::int64_t>(so_far_.counts.staged);
    now.checksum = sum_.hex();
    co_return co_await stage_.checkpoint(now);
}

} // namespace etl
