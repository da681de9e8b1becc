// SPDX-License-Identifier: BSL-1.0
// Notifications with libpq by hand: poll, PQconsumeInput, PQnotifies.
#include "announcer.hpp"
#include "subjects.hpp"

#include <poll.h>

#include <cstring>

namespace bench {
namespace {

class libpq_listen final : public subject {
public:
    explicit libpq_listen(const std::string& conninfo)
        : subject("libpq-listen"), listening_(conninfo), announcer_(conninfo, "by_hand") {
        listening_.exec("listen " + announcer_.channel());
    }

    void run(std::size_t notifications) override {
        announcer_.send(notifications);
        std::size_t bytes = 0;
        for (std::size_t seen = 0; seen < notifications;) {
            pollfd socket{PQsocket(listening_.get()), POLLIN, 0};
            if (::poll(&socket, 1, -1) != 1 || PQconsumeInput(listening_.get()) != 1) {
                listening_.fail();
            }
            while (PGnotify* const n = PQnotifies(listening_.get())) {
                bytes += std::strlen(n->extra);
                ++seen;
                PQfreemem(n);
            }
        }
        announcer_.expect(notifications, bytes);
    }

private:
    libpq listening_;
    announcer announcer_;
};

} // namespace

std::unique_ptr<subject> make_libpq_listen(const std::string& conninfo) { return std::make_unique<libpq_listen>(conninfo); }

} // namespace bench
