// SPDX-License-Identifier: BSL-1.0
#include "helper_thread_source.hpp"

namespace etl {

pgcoro::task<std::vector<std::string>> helper_thread_source::open() {
    const common::helper_thread::call<std::vector<std::string>> call = [this] { return reader_->open(); };
    co_return co_await helper_.run(call);
}

pgcoro::task<batch> helper_thread_source::read() {
    const common::helper_thread::call<batch> call = [this] { return reader_->read(); };
    co_return co_await helper_.run(call);
}

} // namespace etl
