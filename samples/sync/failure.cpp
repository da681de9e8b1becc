// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

namespace data_sync {
namespace {

class failure_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "pgcoro-sync"; }
    std::string message(int value) const override {
        switch (static_cast<failure>(value)) {
        case failure::not_ready: return "source and target do not fit";
        case failure::busy: return "another pgcoro-sync serves this target";
        case failure::interrupted: return "the stream was interrupted inside of a transaction";
        case failure::conflict: return "a change does not fit the rows of the target";
        case failure::schema_changed: return "the definition of a table has changed";
        case failure::too_far_behind: return "the target is too far behind";
        case failure::log_lost: return "the source no longer has the log that the target needs";
        }
        return "unknown";
    }
};

} // namespace

boost::system::error_code make_error_code(failure f) noexcept {
    static const failure_category category;
    return {static_cast<int>(f), category};
}

std::string join(const std::vector<std::string>& reasons) {
    std::string all;
    for (const auto& r : reasons) {
        all.append(all.empty() ? "" : "; ").append(r);
    }
    return all;
}

std::string explain(const pgcoro::error& why) {
    std::string text = why.message();
    const auto state = why.sqlstate();
    if (state != pgcoro::sqlstate::successful_completion) {
        text = to_string(state) + ": " + text;
    }
    for (const auto more : {why.detail(), why.hint()}) {
        if (!more.empty()) {
            text.append(" (").append(more).append(")");
        }
    }
    for (char& c : text) {
        c = c == '\n' ? ' ' : c;
    }
    return text;
}

} // namespace data_sync
