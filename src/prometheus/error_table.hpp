// SPDX-License-Identifier: BSL-1.0
// The labels of errors: error_type, and db_response_status_code for those of the server.
#pragma once

#include "prometheus/bounded_list.hpp"

#include <pgcoro/error.hpp>

#include <prometheus/labels.h>

#include <cstddef>

namespace pgcoro::prometheus {

/// The labels of one kind of error.
struct error_class {
    boost::system::error_code code;
    ::prometheus::Labels labels;
};

/// Knows errors by their code. Thread safety: complete.
class error_table {
public:
    explicit error_table(std::size_t most) : classes_(most) {}

    /// Without labels for no error.
    const error_class& of(const error& e);

private:
    const error_class none_{};
    bounded_list<error_class> classes_;
};

} // namespace pgcoro::prometheus
