// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/copy.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace pgcoro {
namespace detail {

bool copy_buffer::append(std::span<const std::byte> bytes) {
    if (is_over() || failure() || is_ending()) {
        return false;
    }
    if (const auto size = bytes_.size() + bytes.size(); size > bytes_.capacity()) {
        bytes_.reserve(size + piece_size); // what is left of one piece must not make the buffer grow for the next
    }
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    if (unsent().size() >= piece_size && engine) {
        engine->resume_stream();
    }
    return true;
}

std::span<const std::byte> copy_buffer::piece() {
    return unsent().size() >= piece_size || is_ending() ? next_piece() : std::span<const std::byte>();
}

void copy_buffer::piece_sent() noexcept {
    sent_ += next_piece().size();
    if (unsent().size() < piece_size) {
        keep_unsent();
    }
}

void copy_buffer::discard() noexcept {
    sent_ = bytes_.size();
    keep_unsent();
}

/// At the beginning of the buffer, and without memory that is seldom needed.
void copy_buffer::keep_unsent() noexcept {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(std::exchange(sent_, 0)));
    if (bytes_.capacity() > most_kept) {
        bytes_.shrink_to_fit();
    }
}

error copy_chunks::take_bytes(std::span<const std::byte> message) {
    coming_.insert(coming_.end(), message.begin(), message.end());
    ++messages_coming_;
    return {};
}

std::span<const std::byte> copy_chunks::take_chunk() {
    const bool was_full = is_full();
    current_.clear();
    current_.swap(coming_);
    messages_taken_ += std::exchange(messages_coming_, 0);
    if (was_full && engine) {
        engine->resume_stream();
    }
    return current_;
}

namespace {

class finish_call final : public stream_call<command_tag, copy_sink> {
public:
    using stream_call::stream_call;

private:
    void act() override { state_->finish_data(); }
    /// It takes its course.
    error waits_no_longer(error why) const noexcept override { return state_->undecided(std::move(why)); }
    result<command_tag> outcome(error why) override {
        return why ? result<command_tag>(std::move(why)) : result<command_tag>(state_->tag());
    }
};

class abort_call final : public stream_call<void, copy_sink> {
public:
    abort_call(std::shared_ptr<copy_sink> s, std::string reason) noexcept
        : stream_call(std::move(s)), reason_(std::move(reason)) {}

private:
    void act() override { state_->refuse_data(std::move(reason_)); }
    error waits_no_longer(error why) const noexcept override {
        return state_->may_have_happened() ? state_->undecided(std::move(why)) : why;
    }
    result<void> outcome(error why) override {
        if (!why && state_->may_have_happened()) {
            return error(errc::connection_closed, "the COPY was finished before it was aborted: its rows stay");
        }
        // The server's answer to CopyFail is an error, and the success of this.
        return why && why != sqlstate::query_canceled ? result<void>(std::move(why))
                                                      : result<void>(boost::outcome_v2::success());
    }

    std::string reason_;
};

} // namespace

error written_after_end() {
    return error(errc::connection_closed, "the COPY has ended: nothing can be written to it").with(error::nothing_sent);
}

error exception_while_writing(std::exception_ptr thrown) {
    std::string what = "encoding a row has thrown an exception";
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::bad_alloc&) {
        return error(boost::system::errc::make_error_code(boost::system::errc::not_enough_memory), std::move(what));
    } catch (const std::exception& e) {
        what.append(": ").append(e.what());
    } catch (...) {
        what += " that is no std::exception";
    }
    return error(errc::hook_failed, std::move(what));
}

operation<command_tag> finish_copy(std::shared_ptr<copy_sink> s) {
    return operation<command_tag>(s ? call_ptr<command_tag>(new finish_call(std::move(s)))
                                    : failed<command_tag>(errc::connection_closed));
}

operation<void> abort_copy(std::shared_ptr<copy_sink> s, std::string reason) {
    return operation<void>(s ? call_ptr<void>(new abort_call(std::move(s), std::move(reason)))
                             : failed<void>(errc::connection_closed));
}

operation<copy_writer> open_copy_in(const stream_origin& from, statement_text text) {
    return operation<copy_writer>(open_stream_call<copy_writer, copy_buffer>::make(from, std::move(text)));
}

operation<copy_reader> open_copy_out(const stream_origin& from, statement_text text) {
    return operation<copy_reader>(open_stream_call<copy_reader, copy_chunks>::make(from, std::move(text)));
}

} // namespace detail

copy_writer& copy_writer::operator=(copy_writer&& other) noexcept {
    detail::leave_stream(std::exchange(state_, std::move(other.state_)));
    return *this;
}
copy_writer::~copy_writer() { detail::leave_stream(std::move(state_)); }

operation<void> copy_writer::write(std::string_view bytes) { return write(std::as_bytes(std::span(bytes))); }

operation<void> copy_writer::write(std::span<const std::byte> bytes) { return detail::append_to_copy(state_, bytes); }

operation<command_tag> copy_writer::finish() { return detail::finish_copy(state_); }
operation<void> copy_writer::abort(std::string reason) { return detail::abort_copy(state_, std::move(reason)); }

copy_reader& copy_reader::operator=(copy_reader&& other) noexcept {
    detail::leave_stream(std::exchange(state_, std::move(other.state_)));
    return *this;
}
copy_reader::~copy_reader() { detail::leave_stream(std::move(state_)); }

operation<std::span<const std::byte>> copy_reader::read() {
    using bytes = std::span<const std::byte>;
    return operation<bytes>(
        detail::read_stream_call<bytes, detail::copy_chunks, &detail::copy_chunks::take_chunk>::make(state_));
}

command_tag copy_reader::tag() const noexcept { return state_ && state_->is_over() ? state_->tag() : command_tag(); }
std::uint64_t copy_reader::messages_read() const noexcept { return state_ ? state_->messages_taken() : 0; }
void copy_reader::close() noexcept { detail::leave_stream(std::exchange(state_, nullptr)); }

std::size_t copy_line(const error& e) noexcept {
    // "COPY t, line 2, column a: ..." in English. In other languages the word differs, and may follow the number: it is the
    // first number between two commas, or a comma and a colon.
    const auto context = e.context();
    std::size_t line = 0;
    if (!context.starts_with("COPY ")) {
        return 0;
    }
    for (std::size_t at = context.find(", "); at != std::string_view::npos && line == 0; at = context.find(", ", at + 2)) {
        const auto rest = context.substr(at + 2);
        const auto digits = rest.find_first_of("0123456789");
        if (digits != std::string_view::npos && digits < rest.find_first_of(",:\n")) {
            std::from_chars(rest.data() + digits, rest.data() + rest.size(), line);
        }
    }
    return line;
}

} // namespace pgcoro
