// SPDX-License-Identifier: BSL-1.0
// Which settings the statements of a session have changed, as far as they decide what later statements mean.
#pragma once

#include "statement/setting_text.hpp"

#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace pgcoro::wire {

/// Decides, without I/O, when prepared statements no longer mean what their texts mean now.
class setting_changes {
public:
    /// A statement of a transaction changes a setting: for the transaction, or for longer if that commits.
    void in_transaction(std::string_view sql) {
        local_ = true;
        outlasts_ = outlasts_ || sets_for_session(sql);
    }

    /// True while a transaction is open that has changed a setting.
    bool is_local() const noexcept { return local_; }

    /// That transaction is over. True if prepared statements are outdated.
    bool transaction_ended() {
        local_ = false;
        if (!std::exchange(outlasts_, false)) {
            return false;
        }
        changed_ = true;
        outdate();
        return true;
    }

    /// A SET or RESET outside of a transaction took effect. True if prepared statements are outdated.
    bool outside_transaction(std::string_view sql) {
        const auto what = restored_by(sql);
        if (what != restored::none && !changed_) {
            return false; // what was never changed cannot be restored
        }
        changed_ = what != restored::all;
        outdate();
        return true;
    }

    /// DISCARD ALL: the prepared statements are gone, too.
    void discarded() noexcept { changed_ = false; }

    /// Distinguishes the names of statements that are prepared now from those of earlier settings and of other sessions. Empty
    /// as long as nothing was changed.
    std::string name_salt(int backend_pid) const {
        return changes_ == 0 ? std::string() : std::to_string(changes_) + ' ' + std::to_string(backend_pid) + ' ' + salt_;
    }

private:
    void outdate() {
        if (++changes_ == 1) {
            std::random_device random;
            salt_ = std::to_string(random()) + std::to_string(random());
        }
    }

    bool local_ = false;    // in the open transaction
    bool outlasts_ = false; // some of it, if the transaction commits
    bool changed_ = false;  // for the session
    unsigned changes_ = 0;
    std::string salt_;
};

} // namespace pgcoro::wire
