// SPDX-License-Identifier: BSL-1.0
#include "sqlite_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace migrate::sqlite {

namespace asio = boost::asio;

/// The producer must end before the database is closed, and the channel before the pool that it belongs to.
sqlite_reader::~sqlite_reader() {
    stop();
    thread_.join();
    from_.reset();
}

pgcoro::task<> sqlite_reader::start(const table_plan& plan) {
    stop();
    last_ = {};
    from_ = std::make_shared<channel>(thread_.get_executor(), 1);
    asio::co_spawn(thread_, produce(*db_, plan, on_bad_values_, from_), asio::detached);
    co_return pgcoro::success();
}

pgcoro::task<row_batch> sqlite_reader::read() {
    boost::system::error_code failure;
    auto received = co_await from_->async_receive(asio::redirect_error(asio::use_awaitable, failure));
    if (failure) {
        co_return pgcoro::error(failure);
    }
    BOOST_OUTCOME_CO_TRY(last_, std::move(received));
    row_batch batch;
    batch.bytes = last_.bytes;
    batch.rows = last_.rows;
    co_return batch;
}

/// On the helper thread. Ends when all is read, at the first error, or when nobody takes the rows any more.
asio::awaitable<void> sqlite_reader::produce(database& db, const table_plan& plan, bad_values on_bad_values,
                                             std::shared_ptr<channel> to) {
    auto producer = row_producer::start(db, plan, on_bad_values);
    bool is_over = false;
    while (!is_over) {
        pgcoro::result<produced_rows> made =
            producer ? producer.value().next() : pgcoro::result<produced_rows>(producer.error());
        is_over = !made || made.value().rows == 0;
        const boost::system::error_code none;
        boost::system::error_code closed;
        co_await to->async_send(none, std::move(made), asio::redirect_error(asio::use_awaitable, closed));
        is_over = is_over || closed;
    }
}

void sqlite_reader::stop() {
    if (from_) {
        from_->close();
    }
}

} // namespace migrate::sqlite
