// SPDX-License-Identifier: BSL-1.0
// Gathers items of one kind, sends them in one statement, and gives each of them its value.
#pragma once

#include <pgcoro/detail/batching_core.hpp>
#include <pgcoro/detail/column_of_items.hpp>
#include <pgcoro/detail/statement_text.hpp>
#include <pgcoro/result.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgcoro::detail {

/// The text of a statement that is sent again and again.
class repeated_text {
public:
    repeated_text(statement_text text) : text_(std::move(text)) {}

    statement_text again() const {
        return text_.is_static()
                   ? statement_text(text_.view(), text_.placeholder_count(), text_.fingerprint(), text_.is_stateless())
                   : statement_text(std::string(text_.view()));
    }

private:
    statement_text text_;
};

/// `Kind` says what is gathered and what comes of it:
///
/// - `item`, `value`: what waiters wait with, and for;
/// - `answer`, `decode`, `wanted`: what the statement gives, and how;
/// - `index`: finds an item in a batch;
/// - `static error settle(batch&, answer&&)`: gives each item of the batch its value.
template <class Kind>
class batching_state : public batching_core {
public:
    using item = typename Kind::item;
    using value = typename Kind::value;
    using waiter = value_waiter<value>;

    struct batch : batch_base {
        std::vector<item> items;
        typename Kind::index index;
        std::vector<value> values; // when they are there
        /// Places of items that are not to be shared or remembered.
        std::vector<std::size_t> forgotten;

        void clear() noexcept {
            forget_items();
            items.clear();
            index.clear();
            values.clear();
            forgotten.clear();
        }
    };
    using batch_ptr = std::unique_ptr<batch>;

    batching_state(batching_carrier to, statement_text text, const batching_limits& limits)
        : batching_core(std::move(to), limits), text_(std::move(text)) {}
    ~batching_state() override = default;

protected:
    /// One more that waits for this item.
    void ask(item&& asked, std::size_t bytes, waiter& w) {
        if (waiting_.empty() || plan().is_empty()) {
            waiting_.push_back(fresh_batch());
        }
        batch& open = *waiting_.back();
        const std::size_t place = open.index.find_or_add(open.items, asked);
        if (place == open.items.size()) {
            open.items.push_back(std::move(asked));
            open.add_item();
            plan().add(bytes, plan().has_delay() ? clock::now() : clock::time_point());
        }
        open.wait(place, w);
        wake();
    }

    const std::deque<batch_ptr>& waiting() const noexcept { return waiting_; }
    const std::vector<batch*>& in_flight() const noexcept { return in_flight_; }

    /// A batch is answered: nobody has been told yet.
    virtual void on_values(batch&) {}
    virtual void deliver_others() {}

    void drop_waiters() noexcept override {
        for (auto* const list : {&waiting_, &answered_}) {
            for (const auto& b : std::exchange(*list, {})) {
                b->drop_waiters();
            }
        }
    }

private:
    /// What the statement's call is given to complete. Destroyed without having been called, it means that the execution
    /// context is going away.
    class answered {
    public:
        answered(std::shared_ptr<batching_state> self, batch_ptr of) noexcept : self_(std::move(self)), batch_(std::move(of)) {}
        answered(answered&&) noexcept = default;
        answered& operator=(answered&&) = delete;
        ~answered() {
            if (batch_) {
                std::erase(self_->in_flight_, batch_.get());
                batch_->drop_waiters();
                self_->drop_all(); // what waits for this one, too
            }
        }

        using cancellation_slot_type = boost::asio::cancellation_slot;
        cancellation_slot_type get_cancellation_slot() const noexcept { return batch_->stop.slot(); }

        void operator()(result<typename Kind::answer>&& r) {
            const auto self = std::move(self_);
            self->on_answer(std::move(batch_), std::move(r));
        }

    private:
        std::shared_ptr<batching_state> self_;
        batch_ptr batch_;
    };

    batch_ptr fresh_batch() { return spare_ ? std::move(spare_) : std::make_unique<batch>(); }
    void recycle(batch_ptr b) noexcept {
        b->clear();
        spare_ = std::move(b);
    }

    void send_oldest() override {
        batch_ptr oldest = std::move(waiting_.front());
        waiting_.pop_front();
        if (oldest->waiting() != oldest->items.size()) {
            leave_out_unwanted(*oldest);
        }
        if (oldest->items.empty()) {
            plan().on_answered();
            recycle(std::move(oldest));
            return;
        }
        send(std::move(oldest));
    }

    /// Items that all have stopped to wait for are not sent. (Others may have several who wait.)
    void leave_out_unwanted(batch& b) {
        std::size_t unwanted = 0;
        for (std::size_t i = 0; i != b.items.size(); ++i) {
            unwanted += b.has_waiters(i) ? 0 : 1;
        }
        if (unwanted == 0) {
            return;
        }
        batch_ptr wanted = std::make_unique<batch>();
        for (std::size_t i = 0; i != b.items.size(); ++i) {
            if (b.has_waiters(i)) {
                move_item(b, i, *wanted);
            }
        }
        b.clear();
        for (std::size_t i = 0; i != wanted->items.size(); ++i) {
            move_item(*wanted, i, b);
        }
    }

    static void move_item(batch& from, std::size_t i, batch& to) {
        const std::size_t place = to.index.find_or_add(to.items, from.items[i]);
        to.items.push_back(std::move(from.items[i]));
        to.add_item();
        to.take_waiters(place, from, i);
    }

    void send(batch_ptr b) {
        b->is_sent = true;
        auto values = encoded(b);
        in_flight_.push_back(b.get());
        statement_text text = text_.again();
        text.want(Kind::wanted);
        call_ptr<typename Kind::answer> call =
            carrier().template call<typename Kind::answer>(std::move(text), Kind::decode, std::move(values));
        call.release()->start(answered(std::static_pointer_cast<batching_state>(shared_from_this()), std::move(b)));
    }

    /// An exception, of a user's type or for want of memory, leaves the loop; nobody waits in vain.
    auto encoded(batch_ptr& b) {
        try {
            return encode_columns(b->items);
        } catch (...) {
            plan().on_answered();
            b->outcome = error(errc::hook_failed, "encoding a value threw an exception").with(error::nothing_sent);
            answered_.push_back(std::move(b));
            go_on_later();
            throw;
        }
    }

    void on_answer(batch_ptr b, result<typename Kind::answer>&& r) {
        plan().on_answered();
        std::erase(in_flight_, b.get());
        if (!r && b->items.size() > 1 && can_be_split(r.error())) {
            put_back_in_parts(*b);
            recycle(std::move(b));
        } else {
            keep(std::move(b), std::move(r));
        }
        go_on();
    }

    /// The server has done what it was asked.
    error unread() const {
        const error why(errc::hook_failed, "reading an answer threw an exception");
        return carrier().is_transaction() ? why : why.with(error::in_doubt);
    }

    /// As above.
    void keep(batch_ptr b, result<typename Kind::answer>&& r) {
        const bool is_done = r.has_value();
        try {
            b->outcome = r ? Kind::settle(*b, std::move(r).assume_value()) : std::move(r).error();
            on_values(*b);
        } catch (...) {
            b->outcome = is_done ? unread() : error(errc::hook_failed);
            answered_.push_back(std::move(b));
            go_on_later();
            throw;
        }
        answered_.push_back(std::move(b));
    }

    bool can_be_split(const error& e) const noexcept {
        return is_about_values(e) && (!carrier().is_transaction() || e.is(error::nothing_sent));
    }

    /// One of its items is at fault: what goes well without it shall. The parts wait as full batches, before all others.
    void put_back_in_parts(batch& b) {
        constexpr std::size_t parts = 8;
        const std::size_t size = std::max<std::size_t>(1, (b.items.size() + parts - 1) / parts);
        auto before = waiting_.begin();
        for (std::size_t first = 0; first < b.items.size(); first += size) {
            batch_ptr part = std::make_unique<batch>();
            for (std::size_t i = first; i != std::min(first + size, b.items.size()); ++i) {
                if (b.has_waiters(i)) {
                    move_item(b, i, *part);
                }
            }
            if (!part->items.empty()) {
                plan().put_back();
                before = std::next(waiting_.insert(before, std::move(part)));
            }
        }
    }

    void deliver() override {
        while (!answered_.empty()) {
            batch& b = *answered_.front();
            for (; b.answered != b.items.size(); ++b.answered) {
                tell(b, b.answered);
            }
            batch_ptr done = std::move(answered_.front());
            answered_.pop_front();
            recycle(std::move(done));
        }
        deliver_others();
    }

    /// As above: it waits for nothing else.
    void give_copy(item_waiter& w, const value& found) {
        std::optional<value> copy;
        try {
            copy.emplace(found);
        } catch (...) {
            w.refuse(unread());
            throw;
        }
        static_cast<waiter&>(w).give(*std::move(copy));
    }

    void tell(batch& b, std::size_t i) {
        while (item_waiter* const w = b.pop(i)) {
            if (b.outcome) {
                w->refuse(b.outcome);
            } else if (b.has_waiters(i)) {
                give_copy(*w, b.values[i]);
            } else {
                static_cast<waiter*>(w)->give(std::move(b.values[i]));
            }
        }
    }

    void expire_all(clock::time_point now, clock::time_point& next) override {
        for (const auto& b : waiting_) {
            expire(*b, now, next);
        }
        for (batch* const b : in_flight_) {
            expire(*b, now, next);
        }
    }

    void fail_unsent(const error& why) override {
        for (const auto& b : waiting_) {
            for (std::size_t i = 0; i != b->items.size(); ++i) {
                while (item_waiter* const w = b->pop(i)) {
                    fail_later(*w, why);
                }
            }
        }
        waiting_.clear();
    }

    repeated_text text_;
    std::deque<batch_ptr> waiting_; // the last one is open, unless the plan is empty
    std::vector<batch*> in_flight_;
    std::deque<batch_ptr> answered_;
    batch_ptr spare_;
};

} // namespace pgcoro::detail
