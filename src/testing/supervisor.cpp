// SPDX-License-Identifier: BSL-1.0
#include "supervisor.hpp"

#include "failure.hpp"
#include "process.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>

namespace pgcoro::testing {
namespace {

// $1: where to make the folder. Standard input is the socket, both ways.
//
// The server is ended with SIGQUIT, an immediate shutdown, because then it removes its shared memory itself; SIGKILL follows if
// that takes too long. It may be paused, its children too, so they are woken. Nobody may be listening to our answers.
constexpr const char* script = R"sh(
umask 077
trap '' PIPE
folder=$(mktemp -d "$1/pgcoro.XXXXXX" || mktemp -d /tmp/pgcoro.XXXXXX) || exit
server=

children() {
    for status in $(grep -ls "^PPid:[[:space:]]*$server\$" /proc/[0-9]*/status); do
        status=${status#/proc/}
        echo "${status%/status}"
    done
}

is_running() { # not a zombie either
    grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$server/status"
}

end_server() {
    is_running || return
    family="$(children) $server"
    kill -QUIT "$server"
    kill -CONT $family
    naps=0
    while is_running && [ "$naps" -lt 500 ]; do
        sleep 0.02
        naps=$((naps + 1))
    done
    ! is_running || kill -KILL $family
    wait "$server"
}

finish() {
    trap '' HUP INT TERM
    [ -z "$server" ] || end_server
    naps=0 # somebody the owner has started may still be filling it
    until rm -rf "$folder" || [ "$naps" -ge 500 ]; do
        sleep 0.02
        naps=$((naps + 1))
    done
}
trap finish EXIT
trap exit HUP INT TERM

echo "$folder" >&0
while read -r verb program; do
    case $verb in
    start)
        "$program" -D "$folder/data" </dev/null >>"$folder/server.log" 2>&1 &
        server=$!
        echo "$server" >&0
        ;;
    reap)
        wait "$server"
        status=$?
        server=
        echo "$status" >&0
        ;;
    esac
done
)sh";

result<int> to_number(const std::string& text) {
    int number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
        return unavailable("the test kit's supervisor gave no number");
    }
    return number;
}

// Socket paths are limited to 107 bytes, and the server's file name takes 15.
std::string temporary_folder() {
    std::error_code failed;
    const auto folder = std::filesystem::temp_directory_path(failed).string();
    return failed || folder.size() > 70 ? "/tmp" : folder;
}

} // namespace

result<supervisor> supervisor::start(const account& who) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return system_failure(errno, "cannot make a socket pair");
    }
    supervisor made;
    made.line_ = file_descriptor(ends[0]);
    made.owner_ = ::getpid();
    file_descriptor other(ends[1]);
    BOOST_OUTCOME_TRY(run_detached({"/bin/sh", "-c", script, "pgcoro-supervisor", temporary_folder()}, who, other.get()));
    other.close();
    auto folder = made.read_line(std::chrono::seconds(10));
    if (!folder) {
        return unavailable("cannot make a folder in " + temporary_folder() + " or /tmp" +
                           (who.switches ? " as user " + who.name : ""));
    }
    made.folder_ = std::move(folder).value();
    return made;
}

supervisor::~supervisor() {
    // A forked copy of us must not wait for an end that only the original can bring about.
    if (line_ && ::getpid() == owner_) {
        ::shutdown(line_.get(), SHUT_WR);
        while (read_line(std::chrono::seconds(20))) {
        }
    }
}

result<pid_t> supervisor::start_server(const std::string& postgres) {
    BOOST_OUTCOME_TRY(const auto answer, ask("start " + postgres + "\n"));
    return to_number(answer);
}

result<int> supervisor::reap() {
    BOOST_OUTCOME_TRY(const auto answer, ask("reap\n"));
    return to_number(answer);
}

result<std::string> supervisor::ask(std::string_view request) {
    if (::send(line_.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
        return unavailable("the test kit's supervisor process is gone");
    }
    return read_line(std::chrono::seconds(30));
}

result<std::string> supervisor::read_line(std::chrono::milliseconds limit) {
    std::string line;
    for (char c = 0; wait_readable(line_.get(), limit);) {
        const auto got = ::recv(line_.get(), &c, 1, 0);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return unavailable("the test kit's supervisor process is gone");
        }
        if (got == 1 && c == '\n') {
            return line;
        }
        line.append(got == 1 ? 1 : 0, c);
    }
    return error(errc::timed_out, "the test kit's supervisor process does not answer");
}

} // namespace pgcoro::testing
