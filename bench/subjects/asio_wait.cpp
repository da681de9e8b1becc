// SPDX-License-Identifier: BSL-1.0
// The least that any client on Boost.Asio pays: libpq by hand, one query after the other, and Asio for nothing but the wait.
#include "subjects.hpp"

#include "../libpq.hpp"
#include "../workload.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <unistd.h>

namespace bench {
namespace {

namespace asio = boost::asio;

class asio_wait : public subject {
public:
    explicit asio_wait(const std::string& conninfo)
        : subject("asio-wait"), connection_(conninfo), socket_(context_.get_executor(), ::dup(PQsocket(connection_.get()))) {
        connection_.prepare("balance", balance_sql);
        PQsetnonblocking(connection_.get(), 1);
    }

    void run(std::size_t queries) override {
        to_send_ = queries;
        ask();
        context_.run();
        context_.restart();
        accounts_.check();
    }

private:
    void ask() {
        if (to_send_ == 0) {
            return;
        }
        --to_send_;
        const std::uint32_t argument = swapped(static_cast<std::uint32_t>(accounts_.next()));
        const char* const values[] = {reinterpret_cast<const char*>(&argument)};
        const int lengths[] = {sizeof argument};
        const int formats[] = {1};
        if (PQsendQueryPrepared(connection_.get(), "balance", 1, values, lengths, formats, 1) != 1) {
            connection_.fail();
        }
        wait();
    }

    void wait() {
        socket_.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code) { on_readable(); });
    }

    void on_readable() {
        if (PQconsumeInput(connection_.get()) != 1) {
            connection_.fail();
        }
        while (PQisBusy(connection_.get()) == 0) {
            const libpq_result r(PQgetResult(connection_.get()));
            if (!r) {
                ask();
                return;
            }
            if (PQresultStatus(r.get()) != PGRES_TUPLES_OK || PQntuples(r.get()) != 1) {
                connection_.fail();
            }
            accounts_.got(from_network<std::int32_t>(PQgetvalue(r.get(), 0, 0)));
        }
        wait();
    }

    libpq connection_;
    asio::io_context context_{1};
    asio::posix::basic_stream_descriptor<asio::io_context::executor_type> socket_;
    std::size_t to_send_ = 0;
    account_sequence accounts_;
};

} // namespace

std::unique_ptr<subject> make_asio_wait(const std::string& conninfo) { return std::make_unique<asio_wait>(conninfo); }

} // namespace bench
