// SPDX-License-Identifier: BSL-1.0
#include "row_encoder.hpp"

#include "common/copy_text.hpp"
#include "decimal_sum.hpp"
#include "text_hash.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <utility>

namespace migrate {
namespace {

template <class Bits>
std::string hexadecimal(Bits bits) {
    std::string text(2 * sizeof bits, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, bits >>= 4) {
        *digit = "0123456789abcdef"[bits & 15];
    }
    return text;
}

template <class Number>
std::string shortest_text(Number number) {
    std::array<char, 64> text{};
    const auto made = std::to_chars(text.data(), text.data() + text.size(), number);
    std::string shown(text.data(), made.ptr);
    if (shown == "inf" || shown == "-inf") {
        return shown == "inf" ? "Infinity" : "-Infinity";
    }
    return shown; // the server reads "nan" and "-nan" as they are
}

struct column_state {
    std::uint64_t seed = 0;
    bool is_sent = true;
    bool is_hashed = true;
    bool is_number = false;
    std::uint64_t values = 0;
    integer_sum hashes;
    decimal_sum numbers;
};

} // namespace

struct row_encoder::state {
    std::vector<column_state> columns;
    std::string bytes;
    std::uint64_t rows = 0;
    std::size_t at = 0;
    bool is_first_sent = true;
    std::uint64_t row_hash = 0;
    integer_sum row_hashes;
    bool has_sums = false;
    std::size_t sample_rows = 0;
    bool keeps_this_row = false;
    sample_row current;
    std::vector<sample_row> sample;

    /// Whole rows are kept only of a table's beginning and of rows that are further and further apart.
    bool is_in_sample() const { return sample_rows > 0 && (rows < sample_rows / 2 || std::has_single_bit(rows + 1)); }
};

row_encoder::row_encoder(const table_plan& plan) : state_(std::make_unique<state>()) {
    state_->has_sums = plan.wants_sums;
    state_->sample_rows = plan.wants_sums ? plan.sample_rows : 0;
    state_->keeps_this_row = state_->is_in_sample();
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        const column_plan& c = plan.columns[i];
        column_state made;
        made.seed = i + 1;
        made.is_sent = !c.is_generated;
        made.is_hashed = plan.wants_sums && c.mapping.canonical != canonical_form::none;
        made.is_number = plan.wants_sums && c.mapping.is_number;
        state_->columns.push_back(std::move(made));
    }
}

row_encoder::row_encoder(row_encoder&&) noexcept = default;
row_encoder& row_encoder::operator=(row_encoder&&) noexcept = default;
row_encoder::~row_encoder() = default;

void row_encoder::add_null() {
    state& s = *state_;
    const column_state& c = s.columns[s.at++];
    if (c.is_hashed) {
        s.row_hash ^= c.seed;
    }
    if (c.is_sent) {
        s.bytes += std::exchange(s.is_first_sent, false) ? "\\N" : "\t\\N";
    }
    if (s.keeps_this_row) {
        s.current.emplace_back();
    }
}

void row_encoder::add(std::string_view text, std::string_view canonical) {
    state& s = *state_;
    column_state& c = s.columns[s.at++];
    ++c.values;
    if (c.is_hashed) {
        const std::int64_t hash = text_hash(canonical, c.seed);
        c.hashes.add(hash);
        s.row_hash ^= static_cast<std::uint64_t>(hash);
    }
    if (c.is_number) {
        c.numbers.add(canonical);
    }
    if (c.is_sent) {
        if (!std::exchange(s.is_first_sent, false)) {
            s.bytes += '\t';
        }
        common::append_copy_value(s.bytes, text);
    }
    if (s.keeps_this_row) {
        s.current.emplace_back(canonical);
    }
}

void row_encoder::add(double number) {
    add(shortest_text(number), state_->has_sums ? hexadecimal(std::bit_cast<std::uint64_t>(number)) : std::string());
}
void row_encoder::add(float number) {
    add(shortest_text(number), state_->has_sums ? hexadecimal(std::bit_cast<std::uint32_t>(number)) : std::string());
}

void row_encoder::end_row() {
    state& s = *state_;
    s.bytes += '\n';
    if (s.has_sums) {
        s.row_hashes.add(static_cast<std::int64_t>(s.row_hash));
    }
    if (s.keeps_this_row) {
        s.sample.push_back(std::exchange(s.current, {}));
    }
    ++s.rows;
    s.keeps_this_row = s.is_in_sample();
    s.at = 0;
    s.is_first_sent = true;
    s.row_hash = 0;
}

std::string row_encoder::take_bytes() { return std::exchange(state_->bytes, {}); }
std::size_t row_encoder::pending_bytes() const noexcept { return state_->bytes.size(); }
std::uint64_t row_encoder::rows() const noexcept { return state_->rows; }

std::optional<table_sums> row_encoder::sums() const {
    if (!state_->has_sums) {
        return std::nullopt;
    }
    table_sums sums;
    sums.rows = state_->rows;
    for (const column_state& c : state_->columns) {
        column_sums of_column;
        of_column.values = c.values;
        if (c.is_hashed) {
            of_column.checksum = c.hashes.total().str();
        }
        if (c.is_number) {
            of_column.sum = c.numbers.text();
        }
        sums.columns.push_back(std::move(of_column));
    }
    sums.row_checksum = state_->row_hashes.total().str();
    sums.sample = state_->sample;
    return sums;
}

} // namespace migrate
