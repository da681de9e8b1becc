// SPDX-License-Identifier: BSL-1.0
#include "types/time_literal.hpp"

#include <pgcoro/types/date_time.hpp>

#include <charconv>
#include <cstdint>
#include <limits>

namespace pgcoro::detail {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

/// Takes text apart from its front. After a failure nothing more is taken.
class reader {
public:
    explicit reader(std::string_view text) noexcept : rest_(text) {}

    bool take(char expected) noexcept {
        const bool is_there = ok_ && rest_.starts_with(expected);
        rest_.remove_prefix(is_there ? 1 : 0);
        return is_there;
    }
    void expect(char expected) noexcept { ok_ = take(expected); }

    /// Digits only.
    std::int64_t number() noexcept {
        std::uint32_t value = 0;
        const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        ok_ = ok_ && failure == std::errc();
        digits_ = ok_ ? static_cast<std::size_t>(end - rest_.data()) : 0;
        rest_.remove_prefix(digits_);
        return ok_ ? value : 0;
    }
    /// How many that were.
    std::size_t digits() const noexcept { return digits_; }

    bool take_end(std::string_view end) noexcept {
        const bool is_there = ok_ && rest_.ends_with(end);
        rest_.remove_suffix(is_there ? end.size() : 0);
        return is_there;
    }

    bool at_end() const noexcept { return ok_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool ok_ = true;
    std::size_t digits_ = 0;
};

/// The days from 1970-01-01 by the Gregorian calendar, for years that <chrono> does not count, too: those that begin in March
/// end with the day that is not always there.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t of_month) noexcept {
    year -= month <= 2;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + of_month - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

/// "2024-05-01", as days from 2000-01-01.
std::int64_t take_date(reader& from, bool before_christ) noexcept {
    const std::int64_t year = from.number();
    from.expect('-');
    const std::int64_t month = from.number();
    from.expect('-');
    const std::int64_t of_month = from.number();
    return days_from_civil(before_christ ? 1 - year : year, month, of_month) - epoch_days;
}

/// "04:05:06.789", in microseconds.
std::int64_t take_time(reader& from) noexcept {
    std::int64_t time = from.number() * 3600 * second;
    from.expect(':');
    time += from.number() * 60 * second;
    from.expect(':');
    time += from.number() * second;
    if (from.take('.')) {
        std::int64_t fraction = from.number();
        for (std::size_t digits = from.digits(); digits < 6; ++digits) {
            fraction *= 10;
        }
        time += fraction;
    }
    return time;
}

/// "+02", "-03:30", "+00:53:28", in seconds to the east.
std::int64_t take_zone(reader& from) noexcept {
    const bool is_west = from.take('-');
    if (!is_west) {
        from.expect('+');
    }
    std::int64_t offset = from.number() * 3600;
    if (from.take(':')) {
        offset += from.number() * 60;
    }
    if (from.take(':')) {
        offset += from.number();
    }
    return is_west ? -offset : offset;
}

template <class T>
bool write_infinity(std::string_view text, value_writer& out) {
    using limits = std::numeric_limits<T>;
    if (text != "infinity" && text != "-infinity") {
        return false;
    }
    out.put(static_cast<std::make_unsigned_t<T>>(text.front() == '-' ? limits::min() : limits::max()));
    return true;
}

} // namespace

errc write_date(std::string_view text, value_writer& out) {
    if (write_infinity<std::int32_t>(text, out)) {
        return {};
    }
    reader from(text);
    const bool before_christ = from.take_end(" BC");
    const std::int64_t days = take_date(from, before_christ);
    if (!from.at_end()) {
        return errc::malformed_value;
    }
    out.put(static_cast<std::uint32_t>(days));
    return {};
}

errc write_timestamp(std::string_view text, bool has_zone, value_writer& out) {
    if (write_infinity<std::int64_t>(text, out)) {
        return {};
    }
    reader from(text);
    const bool before_christ = from.take_end(" BC");
    const std::int64_t days = take_date(from, before_christ);
    from.expect(' ');
    std::int64_t time = take_time(from);
    if (has_zone) {
        time -= take_zone(from) * second;
    }
    std::int64_t value = 0;
    if (!from.at_end() || __builtin_mul_overflow(days, day, &value) || __builtin_add_overflow(value, time, &value)) {
        return errc::malformed_value;
    }
    out.put(static_cast<std::uint64_t>(value));
    return {};
}

errc write_time(std::string_view text, bool has_zone, value_writer& out) {
    reader from(text);
    const std::int64_t time = take_time(from);
    const std::int64_t east = has_zone ? take_zone(from) : 0;
    if (!from.at_end()) {
        return errc::malformed_value;
    }
    out.put(static_cast<std::uint64_t>(time));
    if (has_zone) {
        out.put(static_cast<std::uint32_t>(-east));
    }
    return {};
}

} // namespace pgcoro::detail
