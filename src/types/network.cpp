// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/types/network.hpp>

#include <cstring>

namespace pgcoro {
namespace {

namespace ip = boost::asio::ip;

constexpr std::byte family_v4{2};
constexpr std::byte family_v6{3};
constexpr std::size_t head_size = 4;

/// What all the types are on their way.
struct address_and_bits {
    ip::address address;
    int prefix_length = 0;

    bool is_host() const noexcept { return prefix_length == detail::address_bits(address); }
    /// No bit is set right of the netmask.
    bool is_network() const noexcept {
        const auto clear = [this](const auto& octets) {
            for (int bit = prefix_length; bit < 8 * static_cast<int>(octets.size()); ++bit) {
                if (octets[static_cast<std::size_t>(bit / 8)] & 0x80 >> bit % 8) {
                    return false;
                }
            }
            return true;
        };
        return address.is_v4() ? clear(address.to_v4().to_bytes()) : clear(address.to_v6().to_bytes());
    }
};

template <class Octets>
void put_octets(const Octets& octets, value_writer& out) {
    out.put(static_cast<std::uint8_t>(octets.size()));
    out.put(octets.data(), octets.size());
}

void encode_network(const address_and_bits& value, bool is_cidr, value_writer& out) {
    const bool has_scope = value.address.is_v6() && value.address.to_v6().scope_id() != 0;
    if (has_scope || value.prefix_length < 0 || value.prefix_length > detail::address_bits(value.address) ||
        (is_cidr && !value.is_network())) {
        return out.fail(errc::value_out_of_range);
    }
    out.put(std::to_integer<std::uint8_t>(value.address.is_v4() ? family_v4 : family_v6));
    out.put(static_cast<std::uint8_t>(value.prefix_length));
    out.put(static_cast<std::uint8_t>(is_cidr));
    value.address.is_v4() ? put_octets(value.address.to_v4().to_bytes(), out)
                          : put_octets(value.address.to_v6().to_bytes(), out);
}

template <class Address>
bool take_address(value_bytes octets, address_and_bits& out) {
    typename Address::bytes_type bytes;
    if (octets.size() != bytes.size()) {
        return false;
    }
    std::memcpy(bytes.data(), octets.data(), bytes.size());
    out.address = Address(bytes);
    return true;
}

errc decode_network(oid_number column, value_bytes bytes, address_and_bits& out) {
    if (bytes.size() < head_size || std::to_integer<std::size_t>(bytes[3]) != bytes.size() - head_size) {
        return errc::malformed_value;
    }
    const auto octets = bytes.subspan(head_size);
    const bool is_known = bytes[0] == family_v4   ? take_address<ip::address_v4>(octets, out)
                          : bytes[0] == family_v6 ? take_address<ip::address_v6>(octets, out)
                                                  : false;
    out.prefix_length = std::to_integer<int>(bytes[1]);
    if (!is_known || out.prefix_length > detail::address_bits(out.address) || (column == oids::cidr && !out.is_network())) {
        return errc::malformed_value;
    }
    return {};
}

// From each type, and to each type: false if it cannot hold the value.

address_and_bits plain(const inet& value) { return {value.address, value.prefix_length}; }
address_and_bits plain(const cidr& value) { return {value.address, value.prefix_length}; }
address_and_bits plain(const ip::address& value) { return {value, detail::address_bits(value)}; }
address_and_bits plain(const ip::network_v4& value) { return {value.address(), value.prefix_length()}; }
address_and_bits plain(const ip::network_v6& value) { return {value.address(), value.prefix_length()}; }

bool assign(const address_and_bits& from, inet& to) {
    to = inet(from.address, from.prefix_length);
    return true;
}

bool assign(const address_and_bits& from, cidr& to) {
    to = cidr(from.address, from.prefix_length);
    return from.is_network();
}

bool assign(const address_and_bits& from, ip::address& to) {
    to = from.address;
    return from.is_host();
}

bool assign(const address_and_bits& from, ip::address_v4& to) {
    if (!from.is_host() || !from.address.is_v4()) {
        return false;
    }
    to = from.address.to_v4();
    return true;
}

bool assign(const address_and_bits& from, ip::address_v6& to) {
    if (!from.is_host() || !from.address.is_v6()) {
        return false;
    }
    to = from.address.to_v6();
    return true;
}

bool assign(const address_and_bits& from, ip::network_v4& to) {
    if (!from.is_network() || !from.address.is_v4()) {
        return false;
    }
    to = ip::network_v4(from.address.to_v4(), static_cast<unsigned short>(from.prefix_length));
    return true;
}

bool assign(const address_and_bits& from, ip::network_v6& to) {
    if (!from.is_network() || !from.address.is_v6()) {
        return false;
    }
    to = ip::network_v6(from.address.to_v6(), static_cast<unsigned short>(from.prefix_length));
    return true;
}

} // namespace

template <class T, oid_number Type, oid_number Array>
void detail::network_codec<T, Type, Array>::encode(const T& value, value_writer& out) {
    encode_network(plain(value), Type == oids::cidr, out);
}

template <class T, oid_number Type, oid_number Array>
errc detail::network_codec<T, Type, Array>::decode(oid_number column, value_bytes bytes, T& out) {
    address_and_bits value;
    if (const errc failure = decode_network(column, bytes, value); failure != errc{}) {
        return failure;
    }
    return assign(value, out) ? errc{} : errc::value_out_of_range;
}

template struct detail::network_codec<inet, oids::inet, oids::inet_array>;
template struct detail::network_codec<cidr, oids::cidr, oids::cidr_array>;
template struct detail::network_codec<ip::address, oids::inet, oids::inet_array>;
template struct detail::network_codec<ip::address_v4, oids::inet, oids::inet_array>;
template struct detail::network_codec<ip::address_v6, oids::inet, oids::inet_array>;
template struct detail::network_codec<ip::network_v4, oids::cidr, oids::cidr_array>;
template struct detail::network_codec<ip::network_v6, oids::cidr, oids::cidr_array>;

std::string to_string(const inet& value) {
    const bool is_host = plain(value).is_host();
    return value.address.to_string() + (is_host ? "" : "/" + std::to_string(value.prefix_length));
}

std::string to_string(const cidr& value) { return value.address.to_string() + "/" + std::to_string(value.prefix_length); }

} // namespace pgcoro
