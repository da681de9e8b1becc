// SPDX-License-Identifier: BSL-1.0
// Any bytes as a value of any type, printed and made into JSON.
#include "input.hpp"

#include <pgcoro/detail/text_form.hpp>
#include <pgcoro/to_json.hpp>
#include <pgcoro/types/numeric.hpp>

#include <boost/json/serialize.hpp>

#include <string>

namespace {

using namespace pgcoro;
using fuzz::require;

/// Enough for all that is not nested deeply.
constexpr std::size_t longest = 1 << 20;

/// Nothing is added behind what is too long, but one more value: a numeric of 131 072 digits, or something whose text is some
/// times its bytes.
bool ends_in_time(const std::string& text, value_bytes bytes) {
    return text.size() <= 2 * longest + 150'000 + 64 * bytes.size();
}

void print(oid_number type, value_bytes bytes, detail::text_style style) {
    std::string text;
    const errc failure = detail::append_text(type, bytes, fuzz::user_types(), style, text, longest);
    require(ends_in_time(text, bytes));
    if (failure == errc{} && type == oids::numeric) {
        const auto parsed = numeric::parse(text);
        require(parsed && to_string(parsed.assume_value()) == text);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in(data, size);
    const oid_number type = in.type();
    print(type, in.rest(), detail::text_style::server);
    print(type, in.rest(), detail::text_style::json);
    boost::json::value value;
    if (detail::json_of(type, in.rest(), fuzz::user_types(), detail::most_nested, value) == errc{}) {
        require(!serialize(value).empty());
    }
    return 0;
}
