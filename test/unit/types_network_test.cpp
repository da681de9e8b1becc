// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "codec.hpp"

#include <pgcoro/types/macaddr.hpp>
#include <pgcoro/types/network.hpp>

#include <string>

namespace {

using namespace pgcoro::test;
namespace ip = boost::asio::ip;
using pgcoro::cidr;
using pgcoro::errc;
using pgcoro::inet;
using pgcoro::pg_type;
namespace oids = pgcoro::oids;

constexpr char v4 = 2;
constexpr char v6 = 3;

/// An address as PostgreSQL sends it.
std::string inet_bytes(char family, int bits, bool is_cidr, const std::string& octets) {
    return std::string{family, static_cast<char>(bits), static_cast<char>(is_cidr), static_cast<char>(octets.size())} + octets;
}
const std::string octets4{'\xc0', '\xa8', 0, 5}; // 192.168.0.5
const std::string network4{'\xc0', '\xa8', 0, 0};
const std::string octets6 = "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\x01"; // 2001:db8::1
const std::string network6 = "\x20\x01\x0d\xb8" + std::string(12, '\0');

ip::address address(const char* text) { return ip::make_address(text); }

TEST(inet, is_family_bits_kind_octets) {
    expect_bytes(inet(address("192.168.0.5"), 24), inet_bytes(v4, 24, false, octets4));
    expect_bytes(inet(address("192.168.0.5")), inet_bytes(v4, 32, false, octets4));
    expect_bytes(inet(address("2001:db8::1"), 64), inet_bytes(v6, 64, false, octets6));
    expect_bytes(inet(address("2001:db8::1"), 0), inet_bytes(v6, 0, false, octets6));
}

TEST(cidr, is_family_bits_kind_octets) {
    expect_bytes(cidr(address("192.168.0.0"), 24), inet_bytes(v4, 24, true, network4));
    expect_bytes(cidr(address("2001:db8::"), 32), inet_bytes(v6, 32, true, network6));
    expect_bytes(cidr(address("0.0.0.0"), 0), inet_bytes(v4, 0, true, std::string(4, '\0')));
}

TEST(cidr, bits_right_of_the_netmask_are_refused) {
    EXPECT_EQ(encode(cidr(address("192.168.0.5"), 24)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(cidr(address("2001:db8::1"), 127)).failure, errc::value_out_of_range);
    EXPECT_EQ(decode_failure<cidr>(oids::cidr, inet_bytes(v4, 24, true, octets4)), errc::malformed_value);
    EXPECT_EQ(decode_failure<cidr>(oids::inet, inet_bytes(v4, 24, false, octets4)), errc::value_out_of_range);
}

TEST(inet, netmask_longer_than_the_address_is_refused) {
    EXPECT_EQ(encode(inet(address("192.168.0.5"), 33)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(inet(address("192.168.0.5"), -1)).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(inet(address("::1"), 129)).failure, errc::value_out_of_range);
    EXPECT_EQ(decode_failure<inet>(oids::inet, inet_bytes(v4, 33, false, octets4)), errc::malformed_value);
    EXPECT_EQ(decode_failure<inet>(oids::inet, inet_bytes(v6, 129, false, octets6)), errc::malformed_value);
    EXPECT_EQ(decode_failure<inet>(oids::inet, inet_bytes(v4, 255, false, octets4)), errc::malformed_value);
}

TEST(inet, scope_cannot_be_sent) {
    EXPECT_EQ(encode(address("fe80::1%5")).failure, errc::value_out_of_range);
    EXPECT_EQ(encode(inet(address("fe80::1%5"), 64)).failure, errc::value_out_of_range);
}

TEST(inet, is_read_into_addresses_if_it_is_one) {
    expect_bytes(address("192.168.0.5"), inet_bytes(v4, 32, false, octets4));
    expect_bytes(address("2001:db8::1"), inet_bytes(v6, 128, false, octets6));
    expect_bytes(ip::make_address_v4("192.168.0.5"), inet_bytes(v4, 32, false, octets4));
    expect_bytes(ip::make_address_v6("2001:db8::1"), inet_bytes(v6, 128, false, octets6));
    EXPECT_EQ(decode<ip::address>(oids::cidr, inet_bytes(v4, 32, true, octets4)), address("192.168.0.5"));
    EXPECT_EQ(decode_failure<ip::address>(oids::inet, inet_bytes(v4, 24, false, octets4)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<ip::address_v4>(oids::inet, inet_bytes(v6, 128, false, octets6)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<ip::address_v6>(oids::inet, inet_bytes(v4, 32, false, octets4)), errc::value_out_of_range);
}

TEST(cidr, is_read_into_networks) {
    expect_bytes(ip::make_network_v4("192.168.0.0/24"), inet_bytes(v4, 24, true, network4));
    expect_bytes(ip::make_network_v6("2001:db8::/32"), inet_bytes(v6, 32, true, network6));
    EXPECT_EQ(cidr(ip::make_network_v4("192.168.0.0/24")), cidr(address("192.168.0.0"), 24));
    EXPECT_EQ(cidr(ip::make_network_v6("2001:db8::/32")), cidr(address("2001:db8::"), 32));
    EXPECT_EQ(decode_failure<ip::network_v4>(oids::cidr, inet_bytes(v6, 32, true, network6)), errc::value_out_of_range);
    EXPECT_EQ(decode_failure<ip::network_v6>(oids::cidr, inet_bytes(v4, 24, true, network4)), errc::value_out_of_range);
    EXPECT_EQ(encode(ip::make_network_v4("192.168.0.5/24")).failure, errc::value_out_of_range);
}

template <class T>
class networks : public testing::Test {};
using network_types = testing::Types<inet, ip::address, ip::address_v4>;
TYPED_TEST_SUITE(networks, network_types);

TYPED_TEST(networks, another_number_of_bytes_is_malformed) {
    expect_only_whole<TypeParam>(oids::inet, inet_bytes(v4, 32, false, octets4));
    EXPECT_EQ(decode_failure<TypeParam>(oids::inet, inet_bytes(v4, 32, false, octets6)), errc::malformed_value);
    EXPECT_EQ(decode_failure<TypeParam>(oids::inet, inet_bytes(v6, 32, false, octets4)), errc::malformed_value);
    EXPECT_EQ(decode_failure<TypeParam>(oids::inet, inet_bytes(4, 32, false, octets4)), errc::malformed_value)
        << "no such family";
    EXPECT_EQ(decode_failure<TypeParam>(oids::inet, inet_bytes(v4, 0, false, "")), errc::malformed_value);
}

TEST(cidr, another_number_of_bytes_is_malformed) {
    expect_only_whole<cidr>(oids::cidr, inet_bytes(v4, 24, true, network4));
    expect_only_whole<ip::network_v4>(oids::cidr, inet_bytes(v4, 24, true, network4));
    expect_only_whole<ip::network_v6>(oids::cidr, inet_bytes(v6, 32, true, network6));
}

TEST(inet, prints_like_the_server) {
    EXPECT_EQ(to_string(inet(address("192.168.0.5"), 24)), "192.168.0.5/24");
    EXPECT_EQ(to_string(inet(address("192.168.0.5"))), "192.168.0.5");
    EXPECT_EQ(to_string(cidr(address("2001:db8::"), 32)), "2001:db8::/32");
    EXPECT_EQ(to_string(cidr(address("192.168.0.5"), 32)), "192.168.0.5/32");
}

TEST(macaddr, is_its_octets) {
    const pgcoro::macaddr six({0x08, 0x00, 0x2b, 0x01, 0x02, 0xff});
    const pgcoro::macaddr8 eight({0x08, 0x00, 0x2b, 0xff, 0xfe, 0x01, 0x02, 0xff});
    expect_bytes(six, std::string("\x08\x00\x2b\x01\x02\xff", 6));
    expect_bytes(eight, std::string("\x08\x00\x2b\xff\xfe\x01\x02\xff", 8));
    expect_only_whole<pgcoro::macaddr>(oids::macaddr, encode(six).bytes);
    expect_only_whole<pgcoro::macaddr8>(oids::macaddr8, encode(eight).bytes);
    EXPECT_EQ(to_string(six), "08:00:2b:01:02:ff");
    EXPECT_EQ(to_string(eight), "08:00:2b:ff:fe:01:02:ff");
}

} // namespace
