// SPDX-License-Identifier: BSL-1.0
#include "json_line.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace etl {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 1000; // the parser calls itself for each level

/// Takes the events of Boost.JSON's parser, which gives numbers as they are written.
class line_handler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit line_handler(const std::vector<std::string>& names) : names_(names), values(names.size()) {}

    using code = boost::system::error_code;
    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_object_begin(code&) {
        is_object = is_object || depth_ == 0;
        open('{');
        return true;
    }
    bool on_object_end(std::size_t, code&) { return close('}'); }
    bool on_array_begin(code&) {
        open('[');
        return true;
    }
    bool on_array_end(std::size_t, code&) { return close(']'); }
    bool on_key_part(std::string_view s, std::size_t, code&) { return collect(s); }
    bool on_key(std::string_view s, std::size_t, code&) {
        part_ += s;
        if (depth_ == 1) {
            member_ = static_cast<std::size_t>(std::find(names_.begin(), names_.end(), part_) - names_.begin());
        } else {
            separate();
            nested_ += json::serialize(json::string_view(part_)) + ':';
        }
        part_.clear();
        return true;
    }
    bool on_string_part(std::string_view s, std::size_t, code&) { return collect(s); }
    bool on_string(std::string_view s, std::size_t, code&) {
        part_ += s;
        return depth_ == 1 ? value(std::move(part_)) : value(json::serialize(json::string_view(part_)));
    }
    bool on_number_part(std::string_view s, code&) { return collect(s); }
    bool on_int64(std::int64_t, std::string_view s, code&) { return number(s); }
    bool on_uint64(std::uint64_t, std::string_view s, code&) { return number(s); }
    bool on_double(double, std::string_view s, code&) { return number(s); }
    bool on_bool(bool b, code&) { return value(b ? "true" : "false"); }
    bool on_null(code&) {
        if (depth_ != 1) {
            return value("null");
        }
        if (member_ < values.size()) {
            values[member_].reset();
        }
        return true;
    }
    bool on_comment_part(std::string_view, code&) { return true; }
    bool on_comment(std::string_view, code&) { return true; }

private:
    const std::vector<std::string>& names_;
    std::size_t depth_ = 0;
    std::size_t member_ = 0; // the value that comes next; beyond the last for one that nobody wants
    std::string part_;
    std::string nested_; // an array or object as far as it has come

    bool collect(std::string_view s) {
        part_ += s;
        return true;
    }
    bool number(std::string_view s) {
        part_ += s;
        return value(std::move(part_));
    }
    void separate() {
        if (!nested_.empty() && nested_.back() != '[' && nested_.back() != '{' && nested_.back() != ':') {
            nested_ += ',';
        }
    }
    bool value(std::string text) {
        part_.clear();
        if (depth_ > 1) {
            separate();
            nested_ += text;
        } else if (member_ < values.size()) {
            values[member_] = std::move(text);
        }
        return true;
    }
    void open(char c) {
        if (depth_++ != 0) {
            separate();
            nested_ += c;
        }
    }
    bool close(char c) {
        if (--depth_ == 0) {
            return true;
        }
        nested_ += c;
        if (depth_ == 1) {
            value(std::move(nested_));
            nested_.clear();
        }
        return true;
    }

public:
    std::vector<std::optional<std::string>> values;
    bool is_object = false;
};

} // namespace

std::variant<std::vector<std::optional<std::string>>, std::string> parse_json_line(std::string_view line,
                                                                                   const std::vector<std::string>& names) {
    json::parse_options options;
    options.max_depth = deepest;
    json::basic_parser<line_handler> parser(options, names);
    boost::system::error_code why;
    const auto used = parser.write_some(false, line.data(), line.size(), why);
    if (why || used != line.size()) {
        return "no JSON: " + (why ? why.message() : std::string("something follows the object"));
    }
    if (!parser.handler().is_object) {
        return std::string("no JSON object");
    }
    return std::move(parser.handler().values);
}

} // namespace etl
