// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_request.hpp>

namespace pgcoro::detail {
namespace {

// The server ends the session if the text of CopyFail is long.
constexpr std::size_t longest_reason = 200;

/// Cut where no character is split.
void cut(std::string& text) noexcept {
    if (text.size() > longest_reason) {
        std::size_t end = longest_reason;
        while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
            --end;
        }
        text.resize(end);
    }
}

} // namespace

void copy_sink::finish_data() noexcept {
    if (!is_ending_ && refusal_.empty() && !failure()) {
        complete_data();
    }
    is_ending_ = true;
    if (engine) {
        engine->resume_stream();
    }
}

void copy_sink::refuse_data(std::string reason) noexcept {
    if (end_sent_) {
        return;
    }
    for (char& c : reason) {
        c = c == '\0' ? ' ' : c;
    }
    cut(reason);
    refusal_ = reason.empty() ? "refused by the client" : std::move(reason);
    discard();
    finish_data();
}

} // namespace pgcoro::detail
