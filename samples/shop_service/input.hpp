// SPDX-License-Identifier: BSL-1.0
// Reads and checks what a client has sent: the fields of a JSON object, or the parameters of a query. Everything that is wrong
// is collected, so that a client learns of all of it at once.
#pragma once

#include "http_message.hpp"
#include "problem.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop {

/// The fields of a JSON object. Each function takes a field that must be there; `finish` complains about the others.
class json_fields {
public:
    explicit json_fields(const boost::json::object& object) : object_(object) {}

    /// Not empty, and of at most `longest` bytes.
    std::string text(std::string_view name, std::size_t longest);
    std::int64_t integer(std::string_view name, std::int64_t lowest, std::int64_t highest);
    /// The response if anything was wrong.
    std::optional<http_response> finish();

private:
    const boost::json::value* find(std::string_view name);

    const boost::json::object& object_;
    std::vector<std::string_view> known_;
    std::vector<field_problem> problems_;
};

/// The body of a request as a JSON object, or the response that refuses it.
std::optional<http_response> read_object(const http_request& request, boost::json::object& into);

/// The parameters of a query, decoded. All may be left out.
class query_fields {
public:
    using list = std::vector<std::pair<std::string, std::string>>;
    explicit query_fields(const list& parameters) : parameters_(parameters) {}

    std::int64_t integer(std::string_view name, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest);
    /// One of `words`, of which the first stands for none.
    std::string word(std::string_view name, const std::vector<std::string_view>& words);
    std::optional<http_response> finish();

private:
    const std::string* find(std::string_view name);

    const list& parameters_;
    std::vector<std::string_view> known_;
    std::vector<field_problem> problems_;
};

} // namespace shop
