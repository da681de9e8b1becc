// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/large_object_pieces.hpp>

#include "base/plain_file.hpp"
#include "statement/in_flight.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace pgcoro::detail {
namespace {

// A multiple of the server's unit of storage (pg_largeobject: 2 048 bytes). Larger pieces gain nothing.
constexpr std::int64_t piece_size = 256 * 1024;

/// How many bytes from `offset` on go into one piece: pieces end where the server's units do.
std::size_t room_at(std::int64_t offset) noexcept {
    return static_cast<std::size_t>(offset < 0 ? piece_size : piece_size - offset % piece_size);
}

using pieces_written = window<command_tag>;
using pieces_read = window<std::vector<std::byte>>;

task<> write_piece(pieces_written& pieces, put_piece& put, std::int64_t offset, std::span<const std::byte> bytes) {
    if (pieces.is_full()) {
        BOOST_OUTCOME_CO_TRY(co_await pieces.next());
    }
    pieces.start(put(offset, bytes)); // encodes the bytes
    co_return success();
}

task<std::uint64_t> write_all(pieces_written& pieces, put_piece& put, source_function& source, std::int64_t offset) {
    std::int64_t at = offset;
    std::vector<std::byte> gathered; // too little for a piece
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await source());
        if (bytes.empty()) {
            break;
        }
        while (!bytes.empty()) {
            const auto room = room_at(at);
            auto piece = bytes.first(std::min(bytes.size(), room - gathered.size()));
            bytes = bytes.subspan(piece.size());
            if (piece.size() < room) {
                gathered.insert(gathered.end(), piece.begin(), piece.end());
                piece = gathered;
            }
            if (piece.size() == room) {
                BOOST_OUTCOME_CO_TRY(co_await write_piece(pieces, put, at, piece));
                gathered.clear();
                at += static_cast<std::int64_t>(room);
            }
        }
    }
    if (!gathered.empty()) {
        BOOST_OUTCOME_CO_TRY(co_await write_piece(pieces, put, at, gathered));
        at += static_cast<std::int64_t>(gathered.size());
    }
    while (!pieces.is_empty()) {
        BOOST_OUTCOME_CO_TRY(co_await pieces.next());
    }
    co_return static_cast<std::uint64_t>(at - offset);
}

task<std::uint64_t> read_all(pieces_read& pieces, get_piece& get, sink_function& sink, std::int64_t offset) {
    std::deque<std::size_t> asked; // what the pieces in flight are to bring
    std::uint64_t size = 0;
    for (std::int64_t at = offset;;) {
        while (!pieces.is_full()) {
            const auto room = room_at(at);
            pieces.start(get(at, static_cast<std::int32_t>(room)));
            asked.push_back(room);
            at += static_cast<std::int64_t>(room);
        }
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await pieces.next());
        if (!bytes.empty()) {
            BOOST_OUTCOME_CO_TRY(co_await sink(bytes));
        }
        size += bytes.size();
        if (bytes.size() < asked.front()) {
            co_return size; // the next piece begins after the end
        }
        asked.pop_front();
    }
}

} // namespace

task<std::uint64_t> write_pieces(put_piece put, source_function source, std::int64_t offset) {
    pieces_written pieces(co_await boost::asio::this_coro::executor);
    auto outcome = co_await write_all(pieces, put, source, offset);
    co_await pieces.settle();
    co_return outcome;
}

task<std::uint64_t> read_pieces(get_piece get, sink_function sink, std::int64_t offset) {
    pieces_read pieces(co_await boost::asio::this_coro::executor);
    auto outcome = co_await read_all(pieces, get, sink, offset);
    co_await pieces.settle();
    co_return outcome;
}

source_function source_of(std::span<const std::byte> bytes) {
    return [bytes]() mutable -> task<std::span<const std::byte>> {
        const auto all = std::exchange(bytes, {});
        co_return all;
    };
}

result<source_function> file_source(std::filesystem::path path) {
    BOOST_OUTCOME_TRY(auto opened, input_file::open(std::move(path)));
    auto file = std::make_shared<input_file>(std::move(opened));
    return source_function([file]() -> task<std::span<const std::byte>> { co_return file->read(); });
}

result<file_sink> file_sink::create(std::filesystem::path path) {
    BOOST_OUTCOME_TRY(auto file, output_file::create(std::move(path)));
    file_sink made;
    made.file_ = std::make_shared<output_file>(std::move(file));
    return made;
}

sink_function file_sink::sink() const {
    return [file = file_](std::span<const std::byte> bytes) -> task<> { co_return file->write(bytes); };
}

result<void> file_sink::keep() { return file_->keep(); }

} // namespace pgcoro::detail
