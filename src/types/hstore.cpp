// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/hstore.hpp>

namespace pgcoro {
namespace {

bool take(value_bytes& rest, std::uint32_t& number) noexcept {
    if (rest.size() < sizeof number) {
        return false;
    }
    number = detail::load_big_endian<std::uint32_t>(rest.data());
    rest = rest.subspan(sizeof number);
    return true;
}

bool take(value_bytes& rest, std::uint32_t length, std::string& text) {
    if (length > rest.size()) {
        return false;
    }
    text.assign(reinterpret_cast<const char*>(rest.data()), length);
    rest = rest.subspan(length);
    return true;
}

constexpr std::uint32_t null_length = ~std::uint32_t{0};

} // namespace

// contrib/hstore/hstore_io.c: the number of pairs, then each key and value with its length.
void pg_type<hstore>::encode(const hstore& value, value_writer& out) {
    out.put(static_cast<std::uint32_t>(value.pairs.size()));
    for (const auto& [key, text] : value.pairs) {
        const auto key_start = out.begin_nested();
        out.put_text(key);
        out.end_nested(key_start);
        if (!text) {
            out.put_nested_null();
            continue;
        }
        const auto start = out.begin_nested();
        out.put_text(*text);
        out.end_nested(start);
    }
}

errc pg_type<hstore>::decode(oid_number, value_bytes bytes, hstore& out) {
    out.pairs.clear();
    std::uint32_t count = 0;
    // Each pair takes eight bytes at least.
    if (!take(bytes, count) || count > bytes.size() / 8) {
        return errc::malformed_value;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t length = 0;
        std::string key;
        if (!take(bytes, length) || !take(bytes, length, key) || !take(bytes, length)) {
            return errc::malformed_value;
        }
        const auto [at, is_new] = out.pairs.try_emplace(std::move(key));
        if (!is_new || (length != null_length && !take(bytes, length, at->second.emplace()))) {
            return errc::malformed_value;
        }
    }
    return bytes.empty() ? errc{} : errc::malformed_value;
}

} // namespace pgcoro
