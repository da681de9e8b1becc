// SPDX-License-Identifier: BSL-1.0
#include "subjects.hpp"

#include <charconv>
#include <map>
#include <stdexcept>

namespace bench {
namespace {

template <auto Make>
std::unique_ptr<subject> without_server(const std::string&) {
    return Make();
}

const std::map<std::string_view, std::unique_ptr<subject> (*)(const std::string& conninfo)> listed{
    {"libpq-sync", &make_libpq_sync},
    {"asio-wait", &make_asio_wait},
    {"libpq-rows", &make_libpq_rows},
    {"pgcoro-rows", &make_pgcoro_rows},
    {"libpq-documents", &make_libpq_documents},
    {"pgcoro-documents", &make_pgcoro_documents},
    {"libpq-stream", &make_libpq_stream},
    {"pgcoro-stream", &make_pgcoro_stream},
    {"pgcoro-stream-next", &make_pgcoro_stream_next},
    {"libpq-copy-in", &make_libpq_copy_in},
    {"pgcoro-copy-in", &make_pgcoro_copy_in},
    {"libpq-copy-out", &make_libpq_copy_out},
    {"pgcoro-copy-out", &make_pgcoro_copy_out},
    {"pgcoro-csv-in", &make_pgcoro_csv_in},
    {"pgcoro-csv-out", &make_pgcoro_csv_out},
    {"pgcoro-insert-many", &make_pgcoro_insert_many},
    {"libpq-listen", &make_libpq_listen},
    {"pgcoro-listen", &make_pgcoro_listen},
    {"pgcoro-listen-next", &make_pgcoro_listen_next},
    {"copy-encode-by-hand", &without_server<make_copy_encoder_by_hand>},
    {"copy-encode-pgcoro", &without_server<make_copy_encoder>},
    {"copy-decode-by-hand", &without_server<make_copy_decoder_by_hand>},
    {"copy-decode-pgcoro", &without_server<make_copy_decoder>},
};

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
    if (const auto found = listed.find(name); found != listed.end()) {
        return found->second(conninfo);
    }
    std::string_view rest = name;
    shape s;
    if (remove_prefix(rest, "libpq-loop-") && parse_shape(rest, s)) {
        return make_libpq_loop(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "pgcoro-mux-") && parse_shape(rest, s)) {
        return make_pgcoro_mux(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "pgcoro-loader-") && parse_shape(rest, s) && s.connections == 1) {
        return make_pgcoro_loader(conninfo, s.in_flight);
    }
    if (remove_prefix(rest, "pgcoro-writer-") && parse_shape(rest, s) && s.connections == 1) {
        return make_pgcoro_writer(conninfo, s.in_flight);
    }
    if (remove_prefix(rest, "observed-pool-") && parse_shape(rest, s)) {
        return make_pool_observed(conninfo, s.connections, s.in_flight);
    }
    if (remove_prefix(rest, "observed-") && parse_shape(rest, s)) {
        return make_pgcoro_observed(conninfo, s.connections, s.in_flight);
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
