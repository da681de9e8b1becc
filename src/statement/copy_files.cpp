// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/copy_files.hpp>

#include "base/plain_file.hpp"

namespace pgcoro {

task<transfer_report> copy_from_file(std::filesystem::path from, copy_writer to, progress_meter progress) {
    BOOST_OUTCOME_CO_TRY(auto file, detail::input_file::open(std::move(from)));
    progress.begin(file.size());
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, file.read());
        if (bytes.empty()) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(co_await to.write(bytes));
        progress.add(bytes.size());
    }
    BOOST_OUTCOME_CO_TRY(auto tag, co_await to.finish());
    co_return progress.finish(tag);
}

task<transfer_report> copy_to_file(copy_reader from, std::filesystem::path to, progress_meter progress) {
    BOOST_OUTCOME_CO_TRY(auto file, detail::output_file::create(std::move(to)));
    progress.begin();
    for (;;) {
        BOOST_OUTCOME_CO_TRY(auto bytes, co_await from.read());
        if (bytes.empty()) {
            break;
        }
        BOOST_OUTCOME_CO_TRY(file.write(bytes));
        progress.add(bytes.size(), from.messages_read());
    }
    BOOST_OUTCOME_CO_TRY(file.keep());
    co_return progress.finish(from.tag());
}

} // namespace pgcoro
