// SPDX-License-Identifier: BSL-1.0
#include "bench.hpp"

#include "../harness.hpp"
#include "../server.hpp"
#include "service_process.hpp"
#include "world.hpp"

#include <cstdlib>
#include <iostream>
#include <random>
#include <stdexcept>
#include <thread>

namespace bench::service {
namespace {

/// A service, and what its requests go through.
struct contender {
    std::string name;
    std::string via;
    const service_process* process = nullptr;
    bool is_peer = false;
};

/// So that each client of libpq and asyncpg finds the server.
void set_environment(const pgcoro::testing::ephemeral_server& s) {
    ::setenv("PGHOST", s.socket_directory().c_str(), 1);
    ::setenv("PGPORT", std::to_string(s.port()).c_str(), 1);
    ::setenv("PGUSER", s.superuser().c_str(), 1);
    ::setenv("PGDATABASE", "postgres", 1);
}

constexpr std::size_t lanes = 2; // of the service's multiplexer, besides its pool

std::unique_ptr<service_process> start_shop(const plan& p) {
    auto shop = service_process::start(
        {SHOP_SERVICE, "--create-schema", "--port", "0", "--threads", "1", "--connections", std::to_string(p.pool + lanes)});
    if (!shop) {
        throw std::runtime_error(SHOP_SERVICE " did not start");
    }
    return shop;
}

std::unique_ptr<service_process> start_peer(const plan& p) {
    const char* const chosen = std::getenv("PGCORO_BENCH_PYTHON");
    auto peer = service_process::start(
        {chosen ? chosen : "/usr/bin/python3", BENCH_SERVICE_APP, "--connections", std::to_string(p.pool)});
    if (!peer) {
        std::cout << "FastAPI or asyncpg is not installed, and is left out: scripts/install-packages service-bench\n";
    }
    return peer;
}

/// One third of the connections asks for single rows by their ids, one for twenty of its own rows, one updates its own rows:
/// an answer to somebody else's question is found out.
class own_rows {
public:
    own_rows(std::size_t connections, std::size_t count) : shares_(static_cast<std::int32_t>(connections / 3)), count_(count) {}

    question operator()(std::size_t connection) {
        question q = of_any_row(all_endpoints[connection % 3], count_);
        const auto size = rows_of_world / shares_;
        q.first = static_cast<std::int32_t>(connection / 3) * size + 1;
        q.last = q.first + size - 1;
        if (q.asked == endpoint::db) {
            q.first = q.last = std::uniform_int_distribution(q.first, q.last)(random_);
        }
        return q;
    }

private:
    std::int32_t shares_;
    std::size_t count_;
    std::minstd_rand random_{std::random_device{}()};
};

class benchmark {
public:
    explicit benchmark(const plan& p);

    report run();

private:
    load_options load_of(const contender& c) const;
    slice measure(const contender& c, endpoint asked);
    void measure_round(report& into, bool is_backwards);
    void restart(std::size_t number);
    outage measure_outage(const contender& c);
    std::string setting() const;

    const plan plan_;
    std::unique_ptr<server> server_;
    std::unique_ptr<service_process> shop_;
    std::unique_ptr<service_process> peer_;
    std::vector<contender> contenders_;
    world_table world_;
};

/// The services have a core of their own if there are two. A process inherits the core of the one that starts it.
benchmark::benchmark(const plan& p) : plan_(p) {
    const auto cores = usable_cores();
    const auto use = [&](int core) { p.pins ? pin_to(core) : void(); };
    use(cores.back());
    server_ = std::make_unique<server>();
    set_environment(server_->process());
    use(cores.front());
    shop_ = start_shop(p);
    peer_ = p.has_peer ? start_peer(p) : nullptr;
    use(cores.back());
    contenders_ = {{"pgcoro, pool", "pool", shop_.get(), false}, {"pgcoro, multiplexer", "multiplexer", shop_.get(), false}};
    if (peer_) {
        contenders_.push_back({"FastAPI, asyncpg", "pool", peer_.get(), true});
    }
    world_ = vacuum_and_read(server_->process());
}

load_options benchmark::load_of(const contender& c) const {
    load_options options;
    options.service = c.process->hello().address;
    options.via = c.via;
    options.connections = plan_.connections;
    return options;
}

slice benchmark::measure(const contender& c, endpoint asked) {
    ledger answers;
    auto options = load_of(c);
    options.next = [q = of_any_row(asked, plan_.count)](std::size_t) { return q; };
    const auto before = c.process->cpu();
    load running(std::move(options), answers);
    std::this_thread::sleep_for(plan_.slice);
    running.wait_for(plan_.answers);
    auto result = running.finish();
    const auto used = c.process->cpu() - before;

    const auto after = asked == endpoint::updates ? vacuum_and_read(server_->process()) : world_;
    const auto wrong = result.wrong + answers.false_without_failures(world_, after);
    world_ = after;
    c.process->check();
    if (wrong != 0 || !result.failures.empty()) {
        throw std::runtime_error(c.name + ", " + title_of(asked) + ": " + std::to_string(wrong) + " false answers, failed " +
                                 describe_failures(result));
    }
    return slice_of(std::move(result), used);
}

void benchmark::measure_round(report& into, bool is_backwards) {
    const auto size = into.measurements.size();
    for (std::size_t i = 0; i != size; ++i) {
        const auto at = is_backwards ? size - 1 - i : i;
        auto& m = into.measurements[at];
        m.rounds.push_back(measure(contenders_[at % contenders_.size()], m.asked));
    }
}

/// As an administrator does, and as a crash does, in turn.
void benchmark::restart(std::size_t number) {
    auto& s = server_->process();
    if (number % 2 == 0) {
        s.restart().value();
    } else {
        s.kill().value();
        s.start().value();
    }
}

outage benchmark::measure_outage(const contender& c) {
    forget_history(server_->process());
    ledger answers;
    auto options = load_of(c);
    options.next = own_rows(plan_.connections, plan_.count);
    load running(std::move(options), answers);
    outage o;
    o.name = c.name;
    for (; o.restarts != plan_.restarts; ++o.restarts) {
        std::this_thread::sleep_for(plan_.between_restarts);
        running.wait_for(plan_.answers);
        restart(o.restarts);
    }
    std::this_thread::sleep_for(plan_.between_restarts);
    running.wait_for(plan_.answers);
    o.result = running.finish();
    const auto history = read_history(server_->process());
    o.false_answers = o.result.wrong + answers.false_by_history(world_, history);
    world_ = vacuum_and_read(server_->process());
    c.process->check();
    return o;
}

std::string benchmark::setting() const {
    std::string text = std::to_string(plan_.connections) + " connections, a service with one thread of requests, " +
                       std::to_string(plan_.pool) + " connections to the database (multiplexer: 2); medians of " +
                       std::to_string(plan_.rounds) + " rounds\n";
    if (peer_) {
        text += "the peer: " + peer_->hello().versions + '\n';
    }
    return text;
}

report benchmark::run() {
    report all;
    all.setting = setting();
    all.has_verdict = plan_.has_verdict;
    for (const auto asked : all_endpoints) {
        for (const auto& c : contenders_) {
            all.measurements.push_back({asked, c.name, c.is_peer, {}});
        }
    }
    for (int round = 0; round <= plan_.rounds; ++round) {
        measure_round(all, round % 2 == 1);
    }
    for (auto& m : all.measurements) {
        m.rounds.erase(m.rounds.begin()); // it has warmed everything up
    }
    keep_history(server_->process());
    for (const auto& c : contenders_) {
        all.outages.push_back(measure_outage(c));
    }
    return all;
}

} // namespace

plan short_plan() {
    plan p;
    p.rounds = 1;
    p.slice = {};
    p.answers = 30;
    p.connections = 6;
    p.pool = 3;
    p.count = 5;
    p.restarts = 2;
    p.between_restarts = {};
    p.has_peer = false;
    p.has_verdict = false;
    p.pins = false; // on a busy machine, a process that may use only one core can wait for long
    return p;
}

report measure_services(const plan& p) { return benchmark(p).run(); }

} // namespace bench::service
