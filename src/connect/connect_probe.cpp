// SPDX-License-Identifier: BSL-1.0
#include "connect/connect_probe.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_category.hpp>

#include <cerrno>
#include <unistd.h>

namespace pgcoro::wire {
namespace {

template <class Endpoint>
boost::system::error_code probe(const Endpoint& to) noexcept {
    const int descriptor = ::socket(to.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool refused = descriptor < 0 || ::connect(descriptor, to.data(), static_cast<socklen_t>(to.size())) != 0;
    const int number = refused ? errno : 0;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    const bool begun = number == EINPROGRESS || number == EAGAIN || number == EINTR;
    return begun ? boost::system::error_code() : boost::system::error_code(number, boost::system::system_category());
}

std::string socket_path(std::string folder, std::uint16_t port) {
    const bool is_abstract = folder.starts_with('@');
    folder += "/.s.PGSQL." + std::to_string(port);
    if (is_abstract) {
        folder.front() = '\0';
    }
    return folder;
}

} // namespace

boost::system::error_code probe(const endpoint& where, const char* socket_folder) noexcept {
    boost::system::error_code failure;
    if (where.address.empty()) {
        const auto path = socket_path(!where.host.empty() ? where.host : socket_folder ? socket_folder : "", where.port);
        if (path.size() >= sizeof(sockaddr_un::sun_path)) {
            return boost::asio::error::name_too_long;
        }
        return probe(boost::asio::local::stream_protocol::endpoint(path));
    }
    const auto address = boost::asio::ip::make_address(where.address, failure);
    return failure ? boost::system::error_code() : probe(boost::asio::ip::tcp::endpoint(address, where.port));
}

} // namespace pgcoro::wire
