// SPDX-License-Identifier: BSL-1.0
// COPY from and to Asio's streams: sockets, pipes, TLS streams.
#pragma once

#include <pgcoro/copy.hpp>
#include <pgcoro/result.hpp>
#include <pgcoro/transfer_progress.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <vector>

namespace pgcoro {

/// Sends everything that `from` gives, up to its end of file, to `to`, and finishes `to`. `from` is an Asio AsyncReadStream.
///
/// The end of file counts as the end of the data: if the peer may disconnect early, use data that marks its own end. The rows
/// in the reports are 0 until the last report, because nothing counts the lines.
///
/// Errors: those of `copy_writer`; those of `from`, as a system error. After any of them nothing of the COPY remains. The
/// server's errors are noticed with the next bytes.
/// Lifetimes: `from` must live until the task is done, and no one else may read it meanwhile.
/// Cancellation: ends the COPY, as an error does.
/// Thread safety: that of `from` and of the writer's connection; `progress` runs on the executor of the coroutine.
template <class AsyncReadStream>
task<transfer_report> copy_from_stream(AsyncReadStream& from, copy_writer to, progress_meter progress = {}) {
    namespace asio = boost::asio;
    std::vector<std::byte> buffer(64 * 1024);
    progress.begin();
    for (;;) {
        boost::system::error_code failure;
        const std::size_t size =
            co_await from.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failure));
        BOOST_OUTCOME_CO_TRY(co_await to.write(std::span<const std::byte>(buffer.data(), size)));
        progress.add(size);
        if (failure == asio::error::eof) {
            break;
        }
        if (failure) {
            co_return error(failure);
        }
    }
    BOOST_OUTCOME_CO_TRY(auto tag, co_await to.finish());
    co_return progress.finish(tag);
}

/// Sends everything that `from` gives to `to`, an Asio AsyncWriteStream, which stays open.
///
/// Bytes are provisional until this succeeds: after an error, `to` has received a part.
///
/// Errors: those of `copy_reader`; those of `to`, as a system error, after which the COPY is cancelled.
/// Lifetimes: `to` must live until the task is done, and no one else may write to it meanwhile.
/// Cancellation: ends the COPY, as an error does.
/// Thread safety: that of `to` and of the reader's connection; `progress` runs on the executor of the coroutine.
template <class AsyncWriteStream>
task<transfer_report> copy_to_stream(copy_reader from, AsyncWriteStream& to, progress_meter progress = {}) {
    namespace asio = boost::asio;
    progress.begin();
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await from.read());
        if (bytes.empty()) {
            co_return progress.finish(from.tag());
        }
        boost::system::error_code failure;
        co_await asio::async_write(to, asio::buffer(bytes.data(), bytes.size()),
                                   asio::redirect_error(asio::use_awaitable, failure));
        if (failure) {
            co_return error(failure);
        }
        progress.add(bytes.size(), from.messages_read());
    }
}

} // namespace pgcoro
