// SPDX-License-Identifier: BSL-1.0
#include "subjects.hpp"

#include <charconv>
#include <stdexcept>

namespace bench {
namespace {

struct shape {
    int connections = 0;
    int in_flight = 0;
};

// "4x64"
bool parse_shape(std::string_view text, shape& out) {
    const char* const end = text.data() + text.size();
    const auto connections = std::from_chars(text.data(), end, out.connections);
    if (connections.ec != std::errc() || connections.ptr == end || *connections.ptr != 'x') {
        return false;
    }
    const auto in_flight = std::from_chars(connections.ptr + 1, end, out.in_flight);
    return in_flight.ec == std::errc() && in_flight.ptr == end && out.connections > 0 && out.in_flight >= out.connections;
}

bool remove_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

} // namespace

std::unique_ptr<subject> make_subject(std::string_view name, const std::string& conninfo) {
    if (name == "libpq-sync") {
        return make_libpq_sync(conninfo);
    }
    if (name == "asio-wait") {
        return make_asio_wait(conninfo);
    }
    if (name == "libpq-rows") {
        return make_libpq_rows(conninfo);
    }
    if (name == "pgcoro-rows") {
        return make_pgcoro_rows(conninfo);
    }
    if (name == "libpq-documents") {
        return make_libpq_documents(conninfo);
    }
    if (name == "pgcoro-documents") {
        return make_pgcoro_documents(conninfo);
    }
    if (name == "libpq-stream") {
        return make_libpq_stream(conninfo);
    }
    if (name == "pgcoro-stream") {
        return make_pgcoro_stream(conninfo);
    }
    if (name == "pgcoro-stream-next") {
        return make_pgcoro_stream_next(conninfo);
    }
    if (name == "copy-encode-by-hand") {
        return make_copy_encoder_by_hand();
    }
    if (name == "copy-encode-pgcoro") {
        return make_copy_encoder();
    }
    if (name == "copy-decode-by-hand") {
        return make_copy_decoder_by_hand();
    }
    if (name == "copy-decode-pgcoro") {
        return make_copy_decoder();
    }
    std::string_view rest = name;
    shape s;
    if (remove_prefix(rest, "libpq-loop-") && parse_shape(rest, s)) {
        return make_libpq_loop(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "pgcoro-mux-") && parse_shape(rest, s)) {
        return make_pgcoro_mux(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "pgcoro-") && parse_shape(rest, s)) {
        return make_pgcoro(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "pool-") && parse_shape(rest, s)) {
        return make_pool(conninfo, s.connections, s.in_flight);
    }
    throw std::invalid_argument("no subject is called " + std::string(name));
}

} // namespace bench
