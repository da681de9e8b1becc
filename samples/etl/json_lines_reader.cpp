// SPDX-License-Identifier: BSL-1.0
#include "json_lines_reader.hpp"

#include "failure.hpp"
#include "json_line.hpp"

namespace etl {
namespace {
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
}

json_lines_reader::json_lines_reader(const source_settings& s, std::size_t longest) : file_(s.file.text), longest_(longest) {
    for (const placed& name : s.fields) {
        names_.push_back(name.text);
    }
}

pgcoro::result<std::vector<std::string>> json_lines_reader::open() {
    BOOST_OUTCOME_TRY(file_.open());
    return names_;
}

pgcoro::result<batch> json_lines_reader::read() {
    batch b;
    while (b.rows.empty() && b.rejects.empty() && !b.is_last) {
        BOOST_OUTCOME_TRY(auto bytes, file_.read());
        b.bytes += bytes.size();
        b.is_last = bytes.empty();
        if (b.is_last && !rest_.empty()) {
            take_line(rest_, b);
        }
        for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
            rest_ += bytes.substr(0, end);
            take_line(rest_, b);
            rest_.clear();
            bytes.remove_prefix(end + 1);
        }
        rest_ += bytes;
        if (rest_.size() > longest_) {
            return fail(failure::bad_source,
                        file_.name() + ":" + std::to_string(line_ + 1) + ": the line is longer than 1 GiB");
        }
    }
    return b;
}

void json_lines_reader::take_line(std::string_view line, batch& b) {
    if (++line_ == 1 && line.starts_with(utf8_mark)) {
        line.remove_prefix(utf8_mark.size());
    }
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
        return;
    }
    auto parsed = parse_json_line(line, names_);
    if (auto* wrong = std::get_if<std::string>(&parsed)) {
        b.rejects.push_back({line_, {{}, std::nullopt, std::move(*wrong), {}}});
    } else {
        b.rows.push_back({line_, std::get<0>(std::move(parsed))});
    }
}

} // namespace etl
