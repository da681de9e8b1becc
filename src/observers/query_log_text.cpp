// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/query_log_entry.hpp>

#include <pgcoro/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace pgcoro {
namespace {

/// Appends `key=value` pairs.
class logfmt_writer {
public:
    explicit logfmt_writer(std::string& out) noexcept : out_(out) {}

    void put(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            put_key(key);
            put_value(value);
        }
    }
    void put_number(std::string_view key, std::uint64_t value) {
        put_key(key);
        out_ += std::to_string(value);
    }
    void put_if_not_zero(std::string_view key, std::uint64_t value) {
        if (value != 0) {
            put_number(key, value);
        }
    }
    void put_if(std::string_view key, bool value) {
        if (value) {
            put(key, "true");
        }
    }
    /// Milliseconds, to the microsecond.
    void put_duration(std::string_view key, std::chrono::nanoseconds value) {
        std::array<char, 32> text; // NOLINT(cppcoreguidelines-pro-type-member-init): the next line fills it
        const double milliseconds = std::chrono::duration<double, std::milli>(value).count();
        const auto end = std::to_chars(text.data(), text.data() + text.size(), milliseconds, std::chars_format::fixed, 3).ptr;
        put_key(key);
        out_.append(text.data(), end);
    }

private:
    void put_key(std::string_view key) {
        if (!is_first_) {
            out_ += ' ';
        }
        is_first_ = false;
        out_.append(key).append("=");
    }

    static bool needs_quotes(std::string_view value) noexcept {
        return !std::all_of(value.begin(), value.end(),
                            [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; });
    }

    void put_value(std::string_view value) {
        if (!needs_quotes(value)) {
            out_ += value;
            return;
        }
        const std::string clean = detail::clean_utf8(value);
        out_ += '"';
        for (std::size_t i = 0; i < clean.size(); ++i) {
            if (const unsigned code = control_at(clean, i); code != 0 || clean[i] == '\0') {
                put_control(code);
                i += code < 0x80 ? 0 : code < 0x800 ? 1 : 2;
                continue;
            }
            if (clean[i] == '"' || clean[i] == '\\') {
                out_ += '\\';
            }
            out_ += clean[i];
        }
        out_ += '"';
    }

    /// The code point of the control character or line separator that begins there; 0 if none does.
    static unsigned control_at(std::string_view clean, std::size_t i) noexcept {
        const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(clean[i + k]); };
        if (byte(0) < 0x20 || byte(0) == 0x7f) {
            return byte(0);
        }
        if (byte(0) == 0xc2 && byte(1) < 0xa0) {
            return byte(1); // U+0080 to U+009F
        }
        const bool is_separator = byte(0) == 0xe2 && byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9);
        return is_separator ? 0x2000U + (byte(2) & 0x3fU) : 0;
    }

    void put_control(unsigned code) {
        switch (code) {
        case '\n': out_ += "\\n"; break;
        case '\r': out_ += "\\r"; break;
        case '\t': out_ += "\\t"; break;
        default:
            std::array<char, 16> text{};
            std::snprintf(text.data(), text.size(), "\\u%04x", code);
            out_ += text.data();
        }
    }

    std::string& out_;
    bool is_first_ = true;
};

std::string server_of(const query_log_entry& entry) {
    std::string server = entry.host;
    if (entry.port != 0) {
        server += ":" + std::to_string(entry.port);
    }
    return server;
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& one : all) {
        text.append(text.empty() ? "" : ", ").append(one);
    }
    return text;
}

} // namespace

std::string_view to_string(query_log_event event) noexcept {
    switch (event) {
    case query_log_event::statement: return "statement";
    case query_log_event::transaction_end: return "transaction_end";
    case query_log_event::connect: return "connect";
    case query_log_event::disconnect: break;
    }
    return "disconnect";
}

std::string_view to_string(query_log_outcome outcome) noexcept {
    switch (outcome) {
    case query_log_outcome::ok: return "ok";
    case query_log_outcome::slow: return "slow";
    case query_log_outcome::failed: break;
    }
    return "failed";
}

std::string to_string_utc(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<microseconds>(time - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text.data();
}

void append_text(const query_log_entry& entry, std::string& line) {
    const bool is_statement = entry.event == query_log_event::statement;
    logfmt_writer out(line);
    out.put("time", to_string_utc(entry.time));
    out.put("event", to_string(entry.event));
    out.put("outcome", to_string(entry.outcome));
    out.put("kind", entry.kind);
    out.put("name", entry.name);
    if (entry.event != query_log_event::disconnect) {
        out.put_duration("total_ms", entry.total);
    }
    if (is_statement) {
        out.put_duration("waited_ms", entry.waited);
        out.put_duration("queued_ms", entry.queued);
        out.put_duration("on_wire_ms", entry.on_wire);
        out.put_number("rows", entry.rows);
    }
    if (entry.statements > 1) {
        out.put_number("statements", entry.statements);
    }
    out.put("server", server_of(entry));
    out.put("database", entry.database);
    out.put("user", entry.user);
    out.put_if_not_zero("backend_pid", static_cast<std::uint64_t>(entry.backend_pid));
    out.put("pool", entry.pool);
    out.put_if("in_transaction", entry.is_in_transaction);
    out.put_if("retried", entry.is_retried);
    out.put_if_not_zero("attempt", static_cast<std::uint64_t>(entry.attempt));
    out.put("sqlstate", entry.sqlstate);
    out.put("error", entry.error_class);
    out.put("message", entry.message);
    out.put("parameters", joined(entry.parameters));
    out.put("sql", entry.sql);
}

} // namespace pgcoro
