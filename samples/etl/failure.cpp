// SPDX-License-Identifier: BSL-1.0
#include "failure.hpp"

#include <cstring>

namespace etl {
namespace {

class failure_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "etl"; }
    std::string message(int value) const override {
        switch (static_cast<failure>(value)) {
        case failure::bad_pipeline: return "the pipeline file is wrong";
        case failure::bad_source: return "the source cannot be read";
        case failure::too_many_rejects: return "too many rows were rejected";
        case failure::busy: return "another run of this pipeline goes on";
        }
        return "unknown";
    }
};

} // namespace

boost::system::error_code make_error_code(failure f) noexcept {
    static const failure_category category;
    return {static_cast<int>(f), category};
}

pgcoro::error file_error(int number, const std::string& file) {
    return pgcoro::error(boost::system::error_code(number, boost::system::system_category()),
                         file + ": " + std::strerror(number));
}

} // namespace etl
