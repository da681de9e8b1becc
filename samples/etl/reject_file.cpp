// SPDX-License-Identifier: BSL-1.0
#include "reject_file.hpp"

#include "failure.hpp"

#include <pgcoro/detail/utf8.hpp>

#include <cerrno>

namespace etl {
namespace {

constexpr std::size_t longest = 1000;

std::string shown(std::string_view value) {
    std::string text;
    const bool is_utf8 = pgcoro::detail::is_valid_utf8(value);
    for (const char character : value) {
        const auto c = static_cast<unsigned char>(character);
        // Not in the middle of a character.
        if (text.size() >= longest && (!is_utf8 || (c & 0xC0) != 0x80)) {
            return text + "...";
        }
        if (c == 0 || (c >= 0x80 && !is_utf8)) {
            text += {'\\', 'x', "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};
        } else {
            text += static_cast<char>(c);
        }
    }
    return text;
}

std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + '"';
}

} // namespace

std::string describe(const reject& r) {
    const auto& why = r.why;
    return std::to_string(r.line) + "," + (why.column.empty() ? "" : quote(shown(why.column))) + "," +
           (why.value ? quote(shown(*why.value)) : "") + "," + why.sqlstate + "," + quote(shown(why.reason)) + "\n";
}

pgcoro::result<> reject_file::open() {
    rejects_ = 0;
    out_ = std::ofstream(name_, std::ios::binary | std::ios::trunc);
    out_ << "line,column,value,sqlstate,reason\n";
    return flush();
}

pgcoro::result<> reject_file::add(const reject& r) {
    out_ << describe(r);
    if (++rejects_ > most_) {
        BOOST_OUTCOME_TRY(flush());
        return fail(failure::too_many_rejects,
                    "more rows were rejected than are allowed (" + std::to_string(most_) + "); see " + name_);
    }
    return pgcoro::success();
}

pgcoro::result<> reject_file::flush() {
    if (!out_.flush()) {
        return file_error(errno != 0 ? errno : EIO, name_);
    }
    return pgcoro::success();
}

} // namespace etl
