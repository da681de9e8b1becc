// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/transfer.hpp>

namespace pgcoro {

void progress_meter::begin(std::uint64_t total_bytes) {
    so_far_ = {};
    so_far_.total_bytes = total_bytes;
    began_ = reported_ = now_();
}

void progress_meter::add(std::uint64_t bytes, std::uint64_t rows) {
    so_far_.bytes += bytes;
    so_far_.rows = rows;
    if (!observer_) {
        return;
    }
    const auto now = now_();
    if (now - reported_ >= interval_) {
        reported_ = now;
        so_far_.elapsed = now - began_;
        observer_(so_far_);
    }
}

transfer_report progress_meter::finish(const command_tag& tag) {
    so_far_.tag = tag;
    so_far_.rows = tag.rows_affected();
    so_far_.elapsed = now_() - began_;
    if (observer_) {
        observer_(so_far_);
    }
    return so_far_;
}

// An error returns from the coroutine, and what is dropped with its frame undoes both sides.
task<transfer_report> transfer(copy_reader from, copy_writer to, progress_meter progress) {
    progress.begin();
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await from.read());
        if (bytes.empty()) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(co_await to.write(bytes));
        progress.add(bytes.size(), from.messages_read());
    }
    BOOST_OUTCOME_CO_TRY(auto tag, co_await to.finish());
    co_return progress.finish(tag);
}

} // namespace pgcoro
