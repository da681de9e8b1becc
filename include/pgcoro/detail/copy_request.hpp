// SPDX-License-Identifier: BSL-1.0
// COPY ... FROM STDIN as its session sees it.
#pragma once

#include <pgcoro/detail/stream_request.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace pgcoro::detail {

/// COPY ... FROM STDIN. The server has done nothing unless `finish` was sent.
class copy_sink : public stream_request {
public:
    /// So many bytes go to libpq at a time. Less costs more per byte, more gains nothing. libpq sends multiples of 8 KiB
    /// without being asked, and puts 5 bytes before each piece: with them, all of it is sent at once.
    static constexpr std::size_t piece_size = 64 * 1024 - 5;

    // The caller's.

    /// All rows were given: what is left is sent, then the end of data. Over when the server has answered.
    void finish_data() noexcept;
    /// The server is to undo it all. `reason` becomes part of its error; longer ones than 200 bytes are cut.
    void refuse_data(std::string reason) noexcept;

    // The session's.

    /// The bytes to be sent next; none if there are too few yet. Valid until `piece_sent`.
    virtual std::span<const std::byte> piece() = 0;
    virtual void piece_sent() noexcept = 0;
    /// It has failed, as far as can be told: no more data is asked for, and what is left need not be sent.
    void on_failed() noexcept { refuse_data("the server has reported an error"); }
    /// After the last piece: the end of data is to be sent, with `refusal()` unless that is empty.
    bool wants_end() const noexcept { return is_ending_ || is_left(); }
    const std::string& refusal() const noexcept { return refusal_; }
    void on_end_sent() noexcept { end_sent_ = true; }
    bool end_sent() const noexcept { return end_sent_; }

    bool may_have_happened() const noexcept override { return end_sent_ && refusal_.empty(); }

protected:
    copy_sink(std::shared_ptr<request_target> target, statement_text&& text) noexcept
        : stream_request(kind::copy_in, std::move(target), std::move(text), {}) {}

    /// The last of the data, which `finish_data` asks for.
    virtual void complete_data() {}

    bool is_ending() const noexcept { return is_ending_; }
    bool is_full() const noexcept override { return false; }

private:
    std::string refusal_;
    bool is_ending_ = false;
    bool end_sent_ = false;
};

} // namespace pgcoro::detail
