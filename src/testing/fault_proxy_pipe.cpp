// SPDX-License-Identifier: BSL-1.0
#include "fault_proxy_pipe.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>

namespace pgcoro::testing {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Then no more is read: the sender is to feel a slow receiver, only later.
constexpr std::size_t most_held = 4 * 1024 * 1024;

} // namespace

fault_pipe::fault_pipe(fault_line& line, socket& from, socket& to, const toxics& what)
    : line_(line), from_(from), to_(to), toxics_(what), pause_(from.get_executor()) {}

asio::awaitable<void> fault_pipe::read() {
    std::array<char, 16384> buffer;
    error_code failed;
    while (!failed) {
        co_await line_.until([&] { return line_.over || (!line_.frozen && held_size_ < most_held); });
        if (line_.over) {
            break;
        }
        const auto size =
            co_await from_.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failed));
        if (size != 0 && !line_.dropping) {
            last_came_ = clock::now();
            held_.push_back({std::string(buffer.data(), size), last_came_});
            held_size_ += size;
            line_.notify();
        }
    }
    ended_ = true;
    if (toxics_.gather.count() > 0) { // there is nothing more to gather
        wake();
    }
    line_.notify();
}

asio::awaitable<void> fault_pipe::write() {
    while (true) {
        co_await line_.until([&] { return line_.over || (!line_.frozen && (!held_.empty() || ended_)); });
        if (line_.over || held_.empty()) {
            break;
        }
        co_await until_due();
        co_await pass(take());
    }
    if (!line_.over && !line_.dropping) {
        error_code ignored;
        to_.shutdown(socket::shutdown_send, ignored);
    }
}

asio::awaitable<void> fault_pipe::pause_until(clock::time_point when) {
    error_code woken;
    pause_.expires_at(when);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

asio::awaitable<void> fault_pipe::until_due() {
    while (toxics_.gather.count() > 0 && !ended_ && !line_.over && !line_.dropping &&
           clock::now() < last_came_ + toxics_.gather) {
        co_await pause_until(last_came_ + toxics_.gather);
    }
    const auto due = held_.front().came + toxics_.latency;
    while (!line_.over && !line_.dropping && clock::now() < due) {
        co_await pause_until(due);
    }
}

/// The oldest chunk; with `gather` all of them.
std::string fault_pipe::take() {
    std::string taken;
    do {
        taken += held_.front().bytes;
        held_.pop_front();
    } while (toxics_.gather.count() > 0 && !held_.empty());
    held_size_ -= taken.size();
    line_.notify();
    return taken;
}

asio::awaitable<void> fault_pipe::pass(std::string bytes) {
    std::string_view left = bytes;
    while (!left.empty()) {
        co_await line_.until([&] { return line_.over || !line_.frozen; });
        if (line_.over || line_.dropping || nobody_listens_) {
            break;
        }
        const auto size = piece_size(left.size());
        if (const auto at = toxics_.corrupt_at; at && *at >= passed_ && *at - passed_ < size) {
            auto& byte = bytes[bytes.size() - left.size() + static_cast<std::size_t>(*at - passed_)];
            byte = static_cast<char>(static_cast<unsigned char>(byte) ^ toxics_.corrupt_mask);
        }
        passed_ += size;
        on_passed(size);
        co_await write_piece(left.substr(0, size));
        left.remove_prefix(size);
        if (toxics_.limit_data && passed_ == *toxics_.limit_data && !std::exchange(limit_spent_, true)) {
            on_limit();
        }
        if (const auto pause = pause_after(size); pause.count() > 0 && !line_.over) {
            co_await pause_until(clock::now() + pause);
        }
    }
}

// In steps: a receiver that does not read must not keep us from freezing.
asio::awaitable<void> fault_pipe::write_piece(std::string_view piece) {
    error_code failed;
    while (!piece.empty() && !line_.over && !line_.dropping) {
        co_await line_.until([&] { return line_.over || !line_.frozen; });
        if (line_.over) {
            break;
        }
        const auto written =
            co_await to_.async_write_some(asio::buffer(piece), asio::redirect_error(asio::use_awaitable, failed));
        if (failed) { // reading from it will tell why, or has
            nobody_listens_ = true;
            break;
        }
        piece.remove_prefix(written);
    }
}

std::size_t fault_pipe::piece_size(std::size_t available) const noexcept {
    std::uint64_t size = available;
    if (toxics_.slicer > 0) {
        size = std::min<std::uint64_t>(size, toxics_.slicer);
    }
    if (toxics_.bandwidth > 0) { // about fifty times a second
        size = std::min(size, std::max<std::uint64_t>(1, toxics_.bandwidth / 50));
    }
    if (toxics_.limit_data && !limit_spent_ && *toxics_.limit_data > passed_) {
        size = std::min(size, *toxics_.limit_data - passed_);
    }
    return static_cast<std::size_t>(size);
}

fault_pipe::clock::duration fault_pipe::pause_after(std::size_t size) const noexcept {
    clock::duration pause = toxics_.slicer > 0 ? toxics_.slicer_delay : std::chrono::milliseconds(0);
    if (toxics_.bandwidth > 0) {
        pause += std::chrono::microseconds(size * 1'000'000 / toxics_.bandwidth);
    }
    return pause;
}

} // namespace pgcoro::testing
