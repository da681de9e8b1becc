// SPDX-License-Identifier: BSL-1.0
#include "input.hpp"

#include <boost/json/parse.hpp>
#include <boost/url/grammar/ci_string.hpp>

#include <algorithm>
#include <charconv>

namespace shop {
namespace {

namespace json = boost::json;

std::string range_of(std::int64_t lowest, std::int64_t highest) {
    return "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// With or without parameters, such as a charset.
bool is_json(std::string_view content_type) {
    auto type = content_type.substr(0, content_type.find(';'));
    type.remove_suffix(type.size() - (type.find_last_not_of(" \t") + 1));
    return boost::urls::grammar::ci_is_equal(type, "application/json");
}

} // namespace

const json::value* json_fields::find(std::string_view name) {
    known_.push_back(name);
    const auto* value = object_.if_contains(name);
    if (!value) {
        problems_.push_back({std::string(name), "is missing"});
    }
    return value;
}

std::string json_fields::text(std::string_view name, std::size_t longest) {
    const auto* value = find(name);
    if (!value) {
        return {};
    }
    const auto* found = value->if_string();
    if (!found) {
        problems_.push_back({std::string(name), "must be a string"});
    } else if (found->empty() || found->size() > longest) {
        problems_.push_back({std::string(name), "must have 1 to " + std::to_string(longest) + " bytes"});
    }
    return found ? std::string(*found) : std::string();
}

std::int64_t json_fields::integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
    const auto* value = find(name);
    if (!value) {
        return 0;
    }
    const auto* found = value->if_int64();
    if (!found || *found < lowest || *found > highest) {
        problems_.push_back({std::string(name), range_of(lowest, highest)});
    }
    return found ? *found : 0;
}

std::optional<http_response> json_fields::finish() {
    for (const auto& field : object_) {
        if (!contains(known_, field.key())) {
            problems_.push_back({std::string(field.key()), "is unknown"});
        }
    }
    if (problems_.empty()) {
        return std::nullopt;
    }
    return problem(422, "The body is not what is expected here", {}, problems_);
}

std::optional<http_response> read_object(const http_request& request, json::object& into) {
    if (!is_json(request.content_type)) {
        return problem(415, "The body must be application/json");
    }
    boost::system::error_code failed;
    auto value = json::parse(request.body, failed);
    if (failed) {
        return problem(400, "The body is not valid JSON");
    }
    if (!value.is_object()) {
        return problem(422, "The body must be a JSON object");
    }
    into = std::move(value.get_object());
    return std::nullopt;
}

const std::string* query_fields::find(std::string_view name) {
    known_.push_back(name);
    const auto found = std::ranges::find(parameters_, name, &list::value_type::first);
    return found == parameters_.end() ? nullptr : &found->second;
}

std::int64_t query_fields::integer(std::string_view name, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) {
    const auto* text = find(name);
    if (!text) {
        return otherwise;
    }
    std::int64_t number = 0;
    const char* last = text->data() + text->size();
    const auto [end, failed] = std::from_chars(text->data(), last, number);
    if (failed != std::errc{} || end != last || number < lowest || number > highest) {
        problems_.push_back({std::string(name), range_of(lowest, highest)});
    }
    return number;
}

std::string query_fields::word(std::string_view name, const std::vector<std::string_view>& words) {
    const auto* text = find(name);
    if (!text) {
        return std::string(words.front());
    }
    if (!contains(words, *text)) {
        std::string all;
        for (const auto w : words) {
            all.append(all.empty() ? "must be one of " : ", ").append(w);
        }
        problems_.push_back({std::string(name), all});
    }
    return *text;
}

std::optional<http_response> query_fields::finish() {
    for (const auto& [name, value] : parameters_) {
        if (!contains(known_, name)) {
            problems_.push_back({name, "is unknown"});
        }
    }
    if (problems_.empty()) {
        return std::nullopt;
    }
    return problem(400, "The query is not what is expected here", {}, problems_);
}

} // namespace shop
