// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/session.hpp>

#include <utility>

namespace pgcoro::detail {

block_pool::~block_pool() {
    while (free_) {
        ::operator delete(std::exchange(free_, free_->next));
    }
}

} // namespace pgcoro::detail
