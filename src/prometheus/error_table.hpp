// SPDX-License-Identifier: BSL-1.0
// The labels of errors: error_type, and db_response_status_code for those of the server.
#pragma once

#include "prometheus/bounded_list.hpp"

#include <pgcoro/errc.hpp>
#include <pgcoro/error.hpp>

#include <prometheus/labels.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pgcoro::prometheus {

/// The name of the enumerator.
std::string_view name_of(errc e) noexcept;

/// The SQLSTATE of an error of the server; the enumerator's name of an `errc`; else the category and number of the
/// error code, such as "system:111".
std::string error_type(const error& e);

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
