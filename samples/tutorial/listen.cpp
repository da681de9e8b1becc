// SPDX-License-Identifier: BSL-1.0
// The snippets of the page on notifications.
#include "run.hpp"

#include <pgcoro/listener.hpp>
#include <pgcoro/pgcoro.hpp>

#include <boost/asio/this_coro.hpp>

#include <map>
#include <variant>

namespace asio = boost::asio;
using tutorial::expect;

namespace {

using prices = std::map<std::string, int>;

// [read]
pgcoro::task<> read_prices(pgcoro::connection& db, prices& known) {
    BOOST_OUTCOME_CO_TRY(const auto rows, (co_await db.fetch<std::pair<std::string, int>>("select item, price from prices")));
    known = prices(rows.begin(), rows.end());
    co_return pgcoro::success();
}

pgcoro::task<> read_price(pgcoro::connection& db, prices& known, std::string item) {
    BOOST_OUTCOME_CO_TRY(const auto price, co_await db.fetch_optional<int>("select price from prices where item = $1", item));
    if (price) {
        known[item] = *price;
    } else {
        known.erase(item);
    }
    co_return pgcoro::success();
}
// [/read]

// [follow]
pgcoro::task<> follow(pgcoro::listener& changes, pgcoro::connection& db, prices& known, const std::string& last) {
    BOOST_OUTCOME_CO_TRY(co_await changes.listen("prices"));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto event, co_await changes.next());
        if (const auto* changed = std::get_if<pgcoro::notification>(&event)) {
            BOOST_OUTCOME_CO_TRY(co_await read_price(db, known, changed->payload));
            if (changed->payload == last) {
                co_return pgcoro::success();
            }
        } else { // a gap: anything may have changed
            BOOST_OUTCOME_CO_TRY(co_await read_prices(db, known));
        }
    }
}
// [/follow]

// [notify]
pgcoro::task<> change_price(pgcoro::connection& db, const std::string& item, int price) {
    BOOST_OUTCOME_CO_TRY(auto tx, co_await db.begin());
    BOOST_OUTCOME_CO_TRY(co_await tx.execute("insert into prices values ($1, $2) "
                                             "on conflict (item) do update set price = excluded.price",
                                             item, price));
    BOOST_OUTCOME_CO_TRY(co_await tx.notify("prices", item)); // delivered when the transaction commits
    co_return co_await tx.commit();
}
// [/notify]

// [drain]
/// How many events there were: at least one.
pgcoro::task<int> drain(pgcoro::listener& changes) {
    BOOST_OUTCOME_CO_TRY(auto first, co_await changes.next());
    int events = 1;
    while (auto more = changes.try_next()) {
        ++events;
    }
    co_return events;
}
// [/drain]

// [hook]
pgcoro::task<pgcoro::connection> connect_with_hook(std::string where) {
    pgcoro::connect_config config(where);
    config.on_notification([](const pgcoro::notification& n) { std::cout << n.channel << ": " << n.payload << '\n'; });
    co_return co_await pgcoro::connect(config);
}
// [/hook]

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await connect_with_hook(where));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table prices (item text primary key, price int not null)"));
    BOOST_OUTCOME_CO_TRY(co_await change_price(db, "tea", 3));

    // [options]
    pgcoro::listener_options options;
    options.max_queued = 1000;
    options.on_lost = [](const pgcoro::error& why) { std::cerr << "listener: " << why << '\n'; };
    options.on_connect_failed = options.on_lost;
    pgcoro::listener changes(co_await asio::this_coro::executor, where, options);
    // [/options]
    BOOST_OUTCOME_CO_TRY(co_await changes.listen("prices"));
    BOOST_OUTCOME_CO_TRY(co_await change_price(db, "coffee", 4));
    prices known;
    BOOST_OUTCOME_CO_TRY(co_await follow(changes, db, known, "coffee"));
    expect(known == prices{{"coffee", 4}, {"tea", 3}});
    BOOST_OUTCOME_CO_TRY(co_await change_price(db, "milk", 1));
    BOOST_OUTCOME_CO_TRY(const int events, co_await drain(changes));
    expect(events >= 1);
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
