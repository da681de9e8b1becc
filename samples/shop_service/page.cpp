// SPDX-License-Identifier: BSL-1.0
#include "handlers.hpp"

#include "embedded.hpp"

namespace shop {
namespace {

http_response file(std::string_view type, std::string_view text) {
    http_response response;
    response.content_type = type;
    response.body = text;
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                                  "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    return response;
}

} // namespace

pgcoro::task<http_response> page(http_call&) { co_return file("text/html; charset=utf-8", embedded::index_html); }
pgcoro::task<http_response> page_style(http_call&) { co_return file("text/css; charset=utf-8", embedded::style_css); }
pgcoro::task<http_response> page_script(http_call&) { co_return file("text/javascript; charset=utf-8", embedded::page_js); }

} // namespace shop
