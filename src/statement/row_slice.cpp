// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/row_slice.hpp>

#include <boost/system/system_category.hpp>

#include <cerrno>

namespace pgcoro::detail {

error more_rows() noexcept { return boost::system::error_code(EINPROGRESS, boost::system::system_category()); }

bool is_more_rows(const error& e) noexcept {
    return e == boost::system::error_code(EINPROGRESS, boost::system::system_category());
}

bool row_slice::is_over() noexcept {
    const auto now = std::chrono::steady_clock::now();
    if (end_ == std::chrono::steady_clock::time_point{}) {
        end_ = now + length;
    }
    return now >= end_;
}

} // namespace pgcoro::detail
