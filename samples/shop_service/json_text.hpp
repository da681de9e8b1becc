// SPDX-License-Identifier: BSL-1.0
// Described structs as JSON, and responses made of them.
#pragma once

#include "http_message.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <string>
#include <vector>

namespace shop {

template <class T>
std::string json_text(const T& value) {
    return boost::json::serialize(boost::json::value_from(value));
}

template <class T>
http_response json_response(int status, const T& value) {
    http_response response;
    response.status = status;
    response.body = json_text(value);
    return response;
}

/// One page of a list, and where the next one is. `next` is empty on the last page.
template <class T>
http_response json_page(const std::vector<T>& items, const std::string& next) {
    boost::json::object page;
    page["items"] = boost::json::value_from(items);
    page["next"] = next.empty() ? boost::json::value() : boost::json::value(next);
    return json_response(200, page);
}

} // namespace shop
