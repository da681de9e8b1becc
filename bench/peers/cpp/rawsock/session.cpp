// SPDX-License-Identifier: BSL-1.0
#include "session.hpp"

#include "../client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <sstream>
#include <system_error>

namespace bench::peers {
namespace {

void check(long result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::system_category(), what);
    }
}

std::map<std::string, std::string> keywords(const std::string& dsn) {
    std::map<std::string, std::string> found;
    std::istringstream in(dsn);
    for (std::string word; in >> word;) {
        const auto equals = word.find('=');
        found[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return found;
}

int connect_to(const std::string& host, const std::string& port) {
    if (host.starts_with('/')) {
        const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        check(fd, "socket");
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        const std::string path = host + "/.s.PGSQL." + port;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        check(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
        return fd;
    }
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    check(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

} // namespace

session::session(const std::string& dsn, std::size_t buffer_size) : buffer_(buffer_size) {
    auto words = keywords(dsn);
    if (words["sslmode"] == "require") {
        throw unsupported("plain sockets only");
    }
    if (words.contains("password")) {
        throw unsupported("no authentication");
    }
    socket_ = connect_to(words["host"], words["port"]);
    std::string startup;
    put32(startup, 0);
    put32(startup, 3U << 16U);
    ((startup += "user") += '\0') += words["user"];
    ((startup += '\0') += "database") += '\0';
    (((startup += words["dbname"]) += '\0')) += '\0';
    end_message(startup, 0);
    send(startup);
    until_ready();
}

session::~session() {
    std::string terminate;
    end_message(terminate, begin_message(terminate, 'X'));
    ::send(socket_, terminate.data(), terminate.size(), MSG_NOSIGNAL);
    close(socket_);
}

void session::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        check(sent, "send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void session::receive() {
    if (begin_ != 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) {
        buffer_.resize(2 * buffer_.size());
    }
    const auto received = recv(socket_, buffer_.data() + end_, buffer_.size() - end_, 0);
    check(received, "recv");
    require(received != 0, "the server has closed the connection");
    end_ += static_cast<std::size_t>(received);
}

std::optional<message> session::next() {
    constexpr std::size_t header = 5;
    if (end_ - begin_ < header) {
        return {};
    }
    const char* const at = buffer_.data() + begin_;
    const std::size_t size = 1 + from_network<std::uint32_t>(at + 1);
    if (end_ - begin_ < size) {
        return {};
    }
    begin_ += size;
    if (*at == 'E') {
        throw std::runtime_error(std::string(at + header, size - header));
    }
    return message{.type = *at, .body = at + header};
}

} // namespace bench::peers
