// SPDX-License-Identifier: BSL-1.0
// How cautiously changes are applied, after some that did not fit.
#pragma once

#include <cstdint>

namespace data_sync {

enum class apply_mode {
    together,   ///< many rows by one statement, where that can be done
    one_by_one, ///< each change is a statement of its own
    careful,    ///< so it is, and each transaction of the source is one of the target: the change that fails is found
};

/// Goes to a more cautious mode after a failure, and back after enough changes. Rows that do not fit again and again make the
/// time without statements for many rows longer each time, as each failure costs a batch that has to be applied again.
class mode_choice {
public:
    /// `batch`: the number of changes that are committed together.
    explicit mode_choice(std::int64_t batch) noexcept
        : first_pause_(2 * batch), longest_pause_(256 * batch), pause_(first_pause_) {}

    apply_mode mode() const noexcept { return mode_; }
    /// A change could not be applied. False: no mode is more cautious.
    bool on_failure() noexcept;
    /// So many changes were committed in this mode.
    void on_progress(std::int64_t changes) noexcept;

private:
    void begin(apply_mode mode, std::int64_t changes) noexcept;

    std::int64_t first_pause_;
    std::int64_t longest_pause_;
    std::int64_t pause_; // the next one
    apply_mode mode_ = apply_mode::together;
    std::int64_t left_ = 0; // changes, until: the next less cautious mode; together: the next pause is a short one
};

} // namespace data_sync
