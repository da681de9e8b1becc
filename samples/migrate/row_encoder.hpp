// SPDX-License-Identifier: BSL-1.0
// From the values of a source to the bytes of COPY, with checksums on the way if they are wanted.
#pragma once

#include "plan.hpp"
#include "table_sums.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace migrate {

/// For each row in the order of `plan.columns`: one call for every column, then `end_row`. Columns that the target generates
/// are given too: they are compared, but not sent.
///
/// Values are UTF-8 without NUL characters: the caller sees to that, as only it can say which row is at fault.
/// Thread safety: none, but it may move from thread to thread.
class row_encoder {
public:
    /// `plan` must outlive it.
    explicit row_encoder(const table_plan& plan);
    row_encoder(row_encoder&&) noexcept;
    row_encoder& operator=(row_encoder&&) noexcept;
    ~row_encoder();

    void add_null();
    /// A value whose canonical text is what is sent: integers, text, ISO dates, bytea as "\x00ff".
    void add(std::string_view text) { add(text, text); }
    /// A value with another canonical text: 1e+05 with the bits of the number.
    void add(std::string_view text, std::string_view canonical);
    void add(double number);
    void add(float number);
    void end_row();

    /// The rows so far in COPY's text format; then none. Whole rows, if called after `end_row`.
    std::string take_bytes();
    std::size_t pending_bytes() const noexcept;
    std::uint64_t rows() const noexcept;
    /// Of all rows so far, if the plan wants them.
    std::optional<table_sums> sums() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace migrate
