// SPDX-License-Identifier: BSL-1.0
#include "support/broken_line.hpp"

#include "support/calls_of_libpq.hpp"

#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<int> broken_lines = 0;

} // namespace

extern "C" [[gnu::noinline]] int getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept {
    static const auto truth = reinterpret_cast<int (*)(int, int, int, void*, socklen_t*)>(::dlsym(RTLD_NEXT, "getsockopt"));
    const int done = truth(fd, level, name, value, size);
    if (broken_lines != 0 && level == SOL_SOCKET && name == SO_ERROR &&
        pgcoro::test::is_in_libpq(__builtin_return_address(0))) {
        *static_cast<int*>(value) = ECONNRESET;
    }
    return done;
}

namespace pgcoro::test {

broken_line::broken_line() noexcept { ++broken_lines; }
broken_line::~broken_line() { --broken_lines; }

} // namespace pgcoro::test
