// SPDX-License-Identifier: BSL-1.0
#include "pending_changes.hpp"

#include <algorithm>

namespace data_sync {

bool pending_changes::add(const array_statement& how, std::string key, std::string cells) {
    bytes_ += cells.size();
    const auto [found, is_new] = known_.try_emplace(std::move(key));
    if (is_new) {
        append(how, *found, std::move(cells));
        return true;
    }
    const auto at = found->second;
    auto& before = groups_[at.group];
    const bool is_whole_update = how.kind == change_kind::update && how.is_whole;
    const bool is_same_update = how.kind == change_kind::update && before.how == &how;
    if (is_same_update || (before.how->kind == change_kind::insert && is_whole_update)) {
        before.rows[at.row].cells = std::move(cells); // whole rows have the same columns
        return true;
    }
    if (before.how->kind == change_kind::update && (is_whole_update || how.kind == change_kind::remove)) {
        remove(at);
        append(how, *found, std::move(cells));
        return true;
    }
    return false;
}

void pending_changes::append(const array_statement& how, entry& known, std::string cells) {
    auto same = std::ranges::find(groups_, &how, &group::how);
    if (same == groups_.end()) {
        same = groups_.insert(groups_.end(), {&how, {}});
    }
    known.second = {static_cast<std::size_t>(same - groups_.begin()), same->rows.size()};
    same->rows.push_back({&known, std::move(cells)});
}

/// The group's last row takes its place.
void pending_changes::remove(place which) {
    auto& rows = groups_[which.group].rows;
    if (which.row + 1 != rows.size()) {
        rows[which.row] = std::move(rows.back());
        rows[which.row].known->second = which;
    }
    rows.pop_back();
}

std::vector<pending_changes::group> pending_changes::take() {
    auto taken = std::exchange(groups_, {});
    std::erase_if(taken, [](const group& g) { return g.rows.empty(); });
    known_.clear();
    bytes_ = 0;
    return taken;
}

} // namespace data_sync
