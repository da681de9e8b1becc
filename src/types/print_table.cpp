// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/print_table.hpp>

#include <pgcoro/to_text.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro {
namespace {

/// On one line.
std::string shown(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '\n') {
            line += "\\n";
        } else if (c == '\t') {
            line += "\\t";
        } else if (c == '\r') {
            line += "\\r";
        } else if (code < 0x20 || code == 0x7f) {
            line.append("\\x").append(1, digits[code >> 4]).append(1, digits[code & 15]);
        } else {
            line.push_back(c);
        }
    }
    return line;
}

std::string shown(const field_view& field) {
    if (field.is_null()) {
        return {};
    }
    const auto text = to_text(field);
    return text ? shown(text.assume_value()) : "<" + text.error().code().message() + ">";
}

/// In code points: all bytes of UTF-8 but those that continue one.
std::size_t width(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_number(oid_number type) noexcept {
    switch (type) {
    case oids::int2:
    case oids::int4:
    case oids::int8:
    case oids::float4:
    case oids::float8:
    case oids::numeric:
    case oids::money:
    case oids::oid:
    case oids::oid8:
    case oids::xid:
    case oids::xid8:
    case oids::cid: return true;
    default: return false;
    }
}

class table {
public:
    explicit table(const rowset& rows) : columns_(rows.columns()) {
        std::vector<std::string> names;
        for (const auto column : columns_) {
            names.push_back(shown(column.name()));
            widths_.push_back(width(names.back()));
        }
        lines_.push_back(std::move(names));
        for (const auto row : rows) {
            auto& line = lines_.emplace_back();
            for (const auto field : row) {
                line.push_back(shown(field));
                auto& widest = widths_[line.size() - 1];
                widest = std::max(widest, width(line.back()));
            }
        }
    }

    void print(std::ostream& out) const {
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            print(out, line);
            if (line == 0) {
                print_rule(out);
            }
        }
    }

private:
    void print(std::ostream& out, std::size_t line) const {
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            const auto& text = lines_[line][i];
            const std::size_t space = widths_[i] - width(text);
            const std::size_t left = line == 0 ? space / 2 : is_number(columns_[i].type()) ? space : 0;
            const bool is_last = i + 1 == widths_.size();
            // As psql does, without blanks at the end of a line of values.
            const std::size_t right = is_last && line != 0 ? 0 : space - left;
            out << (i == 0 ? " " : "| ") << std::string(left, ' ') << text << std::string(right, ' ');
            out << (is_last && line != 0 ? "" : " ");
        }
        out << '\n';
    }

    void print_rule(std::ostream& out) const {
        for (std::size_t i = 0; i < widths_.size(); ++i) {
            out << (i == 0 ? "" : "+") << std::string(widths_[i] + 2, '-');
        }
        out << '\n';
    }

    column_list_view columns_;
    std::vector<std::vector<std::string>> lines_; // the first one has the names
    std::vector<std::size_t> widths_;
};

} // namespace

std::ostream& operator<<(std::ostream& out, const rowset& rows) {
    if (rows.columns().size() != 0) {
        table(rows).print(out);
    }
    return out << '(' << rows.size() << (rows.size() == 1 ? " row)\n" : " rows)\n");
}

} // namespace pgcoro
