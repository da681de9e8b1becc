// SPDX-License-Identifier: BSL-1.0
// CSV by RFC 4180: quotes, line breaks within them, and both kinds of line ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace etl {

struct csv_format {
    char delimiter = ',';
    char quote = '"';
    /// A field without quotes that has this text is NULL.
    std::string null;
};

/// A record, or with `fault` a line that is none.
struct csv_record {
    std::uint64_t line = 0; // on which it begins
    std::vector<std::optional<std::string>> fields;
    std::string fault;

    /// Nothing but the line end, or what an empty line of a file with one column is.
    bool is_blank = false;
};

/// The longest value that PostgreSQL has, and so the longest record that is kept in memory.
inline constexpr std::size_t longest_record = std::size_t{1} << 30;

/// Takes bytes in pieces that may end anywhere. A byte order mark at the beginning is skipped.
///
/// A line with a fault, such as a quote within a field that is not quoted, gives a record with `fault`, and the next line is
/// read as if nothing had been. A quote that is never closed takes the rest of the file with it: it is not a record, and
/// `open_quote` tells of it.
class csv_parser {
public:
    explicit csv_parser(csv_format format, std::size_t longest = longest_record)
        : format_(std::move(format)), longest_(longest) {}

    void feed(std::string_view bytes, std::vector<csv_record>& out);
    /// The bytes are over: the last line may lack its end.
    void finish(std::vector<csv_record>& out);
    /// The line of the quote that is not closed so far.
    std::optional<std::uint64_t> open_quote() const noexcept;
    /// The line on which a record begins that is longer than the longest, after all bytes so far: give up then.
    std::optional<std::uint64_t> too_long() const noexcept;

private:
    enum class state { start_of_field, plain, quoted, quote_in_quoted, after_return, skipping };

    void take(char c, std::vector<csv_record>& out);
    void take_after_field(char c, std::vector<csv_record>& out);
    void begin_record();
    void end_field();
    void end_record(std::vector<csv_record>& out);
    void fault(const char* what, char c, std::vector<csv_record>& out);

    csv_format format_;
    std::size_t longest_;
    state state_ = state::start_of_field;
    std::string field_;
    bool is_quoted_ = false;
    bool is_in_record_ = false;
    csv_record record_;
    std::size_t memory_ = 0; // of its fields
    std::uint64_t line_ = 1;
    std::uint64_t quote_line_ = 0; // on which the last quoted field begins
    int mark_ = 0;                 // bytes of the byte order mark so far; -1 when it can no longer come
};

} // namespace etl
