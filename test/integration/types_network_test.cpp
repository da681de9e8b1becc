// SPDX-License-Identifier: BSL-1.0
// inet, cidr, macaddr, macaddr8, bit and varbit, to the server and back.
#include "types_fixture.hpp"

#include <pgcoro/types/network.hpp>

#include <bitset>
#include <string>

namespace {

namespace ip = boost::asio::ip;
using pgcoro::bit_string;
using pgcoro::cidr;
using pgcoro::errc;
using pgcoro::inet;
using types = pgcoro::test::types_fixture;

// What `text(inet)` prints has a netmask always, unlike what psql shows.
TEST_F(types, addresses) {
    expect_same_everywhere(ip::make_address("192.168.0.5"), "192.168.0.5/32", "inet");
    expect_same_everywhere(ip::make_address("2001:db8::1"), "2001:db8::1/128", "inet");
    expect_same_everywhere(ip::make_address_v4("255.255.255.255"), "255.255.255.255/32", "inet");
    expect_same_everywhere(ip::make_address_v6("::ffff:1.2.3.4"), "::ffff:1.2.3.4/128", "inet");
    EXPECT_EQ(read<ip::address>("'10.0.0.1'::cidr").value(), ip::make_address("10.0.0.1"));
    EXPECT_TRUE(read<ip::address>("'10.0.0.1/8'::inet").error() == errc::value_out_of_range);
}

TEST_F(types, addresses_with_netmask) {
    expect_same_everywhere(inet(ip::make_address("192.168.0.5"), 24), "192.168.0.5/24", "inet");
    expect_same_everywhere(inet(ip::make_address("0.0.0.0"), 0), "0.0.0.0/0", "inet");
    expect_same_everywhere(inet(ip::make_address("2001:db8::1"), 64), "2001:db8::1/64", "inet");
    expect_same_everywhere(inet(ip::make_address("::1")), "::1/128", "inet");
}

TEST_F(types, networks) {
    expect_same_everywhere(cidr(ip::make_address("192.168.0.0"), 24), "192.168.0.0/24", "cidr");
    expect_same_everywhere(cidr(ip::make_address("::"), 0), "::/0", "cidr");
    expect_same_everywhere(ip::make_network_v4("10.0.0.0/8"), "10.0.0.0/8", "cidr");
    expect_same_everywhere(ip::make_network_v6("2001:db8::/32"), "2001:db8::/32", "cidr");
    EXPECT_EQ(read<ip::network_v4>("network('10.1.2.3/8'::inet)").value(), ip::make_network_v4("10.0.0.0/8"));
    EXPECT_EQ(read<cidr>("'10.0.0.0/8'::inet").value(), cidr(ip::make_address("10.0.0.0"), 8));
}

TEST_F(types, network_types_print_like_the_server) {
    for (const std::string text : {"192.168.0.5/24", "192.168.0.5", "2001:db8::1/64", "::1", "0.0.0.0/0", "2001:db8::/128"}) {
        const std::string literal = "'" + text + "'::inet";
        EXPECT_EQ(to_string(read<inet>(literal).value()), read<std::string>("format('%s', " + literal + ")").value());
        const std::string network = "network(" + literal + ")";
        EXPECT_EQ(to_string(read<cidr>(network).value()), read<std::string>("format('%s', " + network + ")").value());
    }
}

TEST_F(types, hardware_addresses) {
    const pgcoro::macaddr six({0x08, 0x00, 0x2b, 0x01, 0x02, 0xff});
    const pgcoro::macaddr8 eight({0x08, 0x00, 0x2b, 0xff, 0xfe, 0x01, 0x02, 0xff});
    expect_same_everywhere(six, to_string(six), "macaddr");
    expect_same_everywhere(eight, to_string(eight), "macaddr8");
    expect_same(pgcoro::macaddr(), "00:00:00:00:00:00", "macaddr");
}

TEST_F(types, bit_strings) {
    for (const std::string text : {"0", "1", "101", "11111111", "111111110", "0000000000000001"}) {
        expect_same_everywhere(bit_string::parse(text).value(), text, "bit varying");
        EXPECT_EQ(to_string(read<bit_string>("b'" + text + "'").value()), text);
    }
    expect_same(bit_string(), "", "bit varying");
    const std::string many(100'000, '1');
    EXPECT_TRUE(printed(bit_string::parse(many).value()) == many);
    EXPECT_EQ(printed(bit_string::parse("101").value(), "::bit(3)"), "101");
    EXPECT_EQ(read<bool>("get_bit(b'0100', 1) = 1").value(), bit_string::parse("0100").value()[1]);
}

TEST_F(types, bitsets) {
    expect_same_everywhere(std::bitset<9>("100000011"), "100000011", "bit varying");
    EXPECT_EQ(read<std::bitset<4>>("b'0011'").value().to_ulong(), 3u);
    EXPECT_TRUE(read<std::bitset<4>>("b'00110'").error() == errc::value_out_of_range);
}

} // namespace
