// SPDX-License-Identifier: BSL-1.0
#include "metrics_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace pgcoro::test {
namespace {

class line_reader {
public:
    explicit line_reader(std::string_view line) : rest_(line) {}

    std::optional<metrics_text::sample> read() {
        metrics_text::sample found;
        found.name = word();
        if (found.name.empty()) {
            return std::nullopt;
        }
        if (skip('{')) {
            while (!skip('}')) {
                const std::string label = word();
                if (label.empty() || !skip('=') || !skip('"') || !quoted(found.of[label])) {
                    return std::nullopt;
                }
                skip(',');
            }
        }
        if (!skip(' ')) {
            return std::nullopt;
        }
        const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), found.value);
        return read.ec == std::errc() && read.ptr == rest_.data() + rest_.size() ? std::optional(found) : std::nullopt;
    }

private:
    bool skip(char c) {
        const bool is_there = rest_.starts_with(c);
        rest_.remove_prefix(is_there ? 1 : 0);
        return is_there;
    }
    std::string word() {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), [](char c) {
            return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        });
        const std::string found(rest_.begin(), end);
        rest_.remove_prefix(found.size());
        return found;
    }
    bool quoted(std::string& into) {
        while (!rest_.empty() && !skip('"')) {
            if (skip('\\') && rest_.empty()) {
                return false;
            }
            into += rest_.front();
            rest_.remove_prefix(1);
        }
        return true;
    }

    std::string_view rest_;
};

} // namespace

metrics_text::metrics_text(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        EXPECT_NE(end, text.npos) << "the last line has no end";
        const auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (line.starts_with('#')) {
            continue;
        }
        const auto found = line_reader(line).read();
        EXPECT_TRUE(found) << "not of the format: " << line;
        if (found) {
            samples_.push_back(*found);
        }
    }
}

std::vector<metrics_text::sample> metrics_text::select(std::string_view name, const labels& wanted) const {
    std::vector<sample> found;
    for (const sample& s : samples_) {
        const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
            const auto at = s.of.find(label.first);
            return (at == s.of.end() ? "" : at->second) == label.second; // as in PromQL, none is the same as an empty one
        });
        if (s.name == name && fits) {
            found.push_back(s);
        }
    }
    return found;
}

double metrics_text::sum(std::string_view name, const labels& wanted) const {
    double total = 0;
    for (const sample& s : select(name, wanted)) {
        total += s.value;
    }
    return total;
}

std::map<std::string, double> metrics_text::by(std::string_view name, const std::string& label, const labels& wanted) const {
    std::map<std::string, double> found;
    for (const sample& s : select(name, wanted)) {
        const auto at = s.of.find(label);
        found[at == s.of.end() ? "" : at->second] += s.value;
    }
    return found;
}

} // namespace pgcoro::test
