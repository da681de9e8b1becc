// SPDX-License-Identifier: BSL-1.0
// inet and cidr as addresses and networks of Boost.Asio. Not in <pgcoro/types.hpp>: include it where you need it.
//
// | C++                                     | sent as | read from                                             |
// |-----------------------------------------|---------|-------------------------------------------------------|
// | asio::ip::address, address_v4, _v6      | inet    | inet and cidr of a single address                     |
// | asio::ip::network_v4, network_v6        | cidr    | cidr, and inet without bits right of its netmask      |
// | pgcoro::inet: an address and a netmask  | inet    | inet, cidr                                            |
// | pgcoro::cidr: a network of either kind  | cidr    | cidr, and inet without bits right of its netmask      |
//
// A value that the C++ type cannot hold, such as IPv6 in an address_v4, is `errc::value_out_of_range`. So is sending a scope
// id, which PostgreSQL cannot store, a netmask longer than the address, or a network with bits right of its netmask.
#pragma once

#include <pgcoro/pg_type.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <string>

namespace pgcoro {
namespace detail {

inline int address_bits(const boost::asio::ip::address& address) noexcept { return address.is_v4() ? 32 : 128; }

} // namespace detail

/// A host's address, and the number of bits that belong to its network: 192.168.0.5/24.
struct inet {
    inet() noexcept = default;
    explicit inet(const boost::asio::ip::address& host) noexcept : address(host), prefix_length(detail::address_bits(host)) {}
    inet(const boost::asio::ip::address& host, int network_bits) noexcept : address(host), prefix_length(network_bits) {}

    boost::asio::ip::address address;
    int prefix_length = 32;

    friend bool operator==(const inet&, const inet&) = default;
};

/// A network: 192.168.0.0/24.
struct cidr {
    cidr() noexcept = default;
    cidr(const boost::asio::ip::address& network, int network_bits) noexcept : address(network), prefix_length(network_bits) {}
    explicit cidr(const boost::asio::ip::network_v4& network) noexcept
        : address(network.address()), prefix_length(network.prefix_length()) {}
    explicit cidr(const boost::asio::ip::network_v6& network) noexcept
        : address(network.address()), prefix_length(network.prefix_length()) {}

    boost::asio::ip::address address;
    int prefix_length = 0;

    friend bool operator==(const cidr&, const cidr&) = default;
};

/// "192.168.0.5/24"; without the netmask for a single host.
std::string to_string(const inet& value);
/// "192.168.0.0/24".
std::string to_string(const cidr& value);

namespace detail {

template <class T, oid_number Type, oid_number Array>
struct network_codec {
    static constexpr oid_number oid = Type;
    static constexpr oid_number array_oid = Array;

    static void encode(const T& value, value_writer& out);
    static constexpr bool accepts(oid_number column) noexcept { return column == oids::inet || column == oids::cidr; }
    static errc decode(oid_number column, value_bytes bytes, T& out);
};

template <class T>
using inet_codec = network_codec<T, oids::inet, oids::inet_array>;
template <class T>
using cidr_codec = network_codec<T, oids::cidr, oids::cidr_array>;

// The definitions are compiled into the library.
extern template struct network_codec<inet, oids::inet, oids::inet_array>;
extern template struct network_codec<cidr, oids::cidr, oids::cidr_array>;
extern template struct network_codec<boost::asio::ip::address, oids::inet, oids::inet_array>;
extern template struct network_codec<boost::asio::ip::address_v4, oids::inet, oids::inet_array>;
extern template struct network_codec<boost::asio::ip::address_v6, oids::inet, oids::inet_array>;
extern template struct network_codec<boost::asio::ip::network_v4, oids::cidr, oids::cidr_array>;
extern template struct network_codec<boost::asio::ip::network_v6, oids::cidr, oids::cidr_array>;

} // namespace detail

template <>
struct pg_type<inet> : detail::inet_codec<inet> {
    static constexpr std::string_view name = "pgcoro::inet";
};

template <>
struct pg_type<cidr> : detail::cidr_codec<cidr> {
    static constexpr std::string_view name = "pgcoro::cidr";
};

template <>
struct pg_type<boost::asio::ip::address> : detail::inet_codec<boost::asio::ip::address> {
    static constexpr std::string_view name = "boost::asio::ip::address";
};

template <>
struct pg_type<boost::asio::ip::address_v4> : detail::inet_codec<boost::asio::ip::address_v4> {
    static constexpr std::string_view name = "boost::asio::ip::address_v4";
};

template <>
struct pg_type<boost::asio::ip::address_v6> : detail::inet_codec<boost::asio::ip::address_v6> {
    static constexpr std::string_view name = "boost::asio::ip::address_v6";
};

template <>
struct pg_type<boost::asio::ip::network_v4> : detail::cidr_codec<boost::asio::ip::network_v4> {
    static constexpr std::string_view name = "boost::asio::ip::network_v4";
};

template <>
struct pg_type<boost::asio::ip::network_v6> : detail::cidr_codec<boost::asio::ip::network_v6> {
    static constexpr std::string_view name = "boost::asio::ip::network_v6";
};

} // namespace pgcoro
