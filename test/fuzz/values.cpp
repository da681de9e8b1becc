// SPDX-License-Identifier: BSL-1.0
// Any bytes as a value of any type, read into each C++ type that takes it.
#include "readers.hpp"

#include <pgcoro/types.hpp>
#include <pgcoro/types/hstore.hpp>
#include <pgcoro/types/multiprecision.hpp>
#include <pgcoro/types/network.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <tuple>
#include <vector>

namespace {

using namespace pgcoro;
using fuzz::readers_of;
using std::optional;
using std::vector;
namespace ip = boost::asio::ip;
namespace mp = boost::multiprecision;
using moment = std::chrono::sys_time<std::chrono::microseconds>;
using wall_clock = std::chrono::local_time<std::chrono::microseconds>;
using nanosecond = std::chrono::sys_time<std::chrono::nanoseconds>;

// A cpp_int of 131 072 digits takes too long to be tried often.
constexpr auto numbers = readers_of<bool, std::int8_t, std::uint16_t, std::int32_t, std::int64_t, std::uint64_t, float, double,
                                    numeric, money, mp::int128_t, mp::cpp_dec_float_50>();
constexpr auto text_and_bytes = readers_of<std::string, char, vector<std::byte>, std::array<std::byte, 4>, boost::uuids::uuid,
                                           bit_string, std::bitset<9>, json, jsonpath, ltree, hstore>();
constexpr auto times =
    readers_of<std::chrono::sys_days, std::chrono::year_month_day, moment, wall_clock, nanosecond,
               or_infinity<std::chrono::sys_days>, or_infinity<nanosecond>, time_of_day, time_with_offset, interval>();
constexpr auto addresses_and_shapes =
    readers_of<ip::address, ip::address_v4, ip::address_v6, ip::network_v4, ip::network_v6, inet, cidr, macaddr, macaddr8,
               object_id, object_id8, xid, xid8, cid, tid, lsn, geo::point, geo::line, geo::line_segment, geo::box, geo::path,
               geo::polygon, geo::circle, tsvector, tsquery>();
constexpr auto arrays =
    readers_of<vector<bool>, vector<optional<std::int32_t>>, vector<vector<std::int64_t>>, std::array<double, 2>,
               vector<std::array<float, 2>>, vector<optional<std::string>>, pgcoro::array<optional<numeric>>, vector<geo::path>,
               pgcoro::array<inet>, vector<vector<vector<vector<vector<vector<std::int32_t>>>>>>>();
constexpr auto ranges = readers_of<range<std::int32_t>, range<numeric>, range<moment>, multirange<std::int64_t>,
                                   multirange<or_infinity<std::chrono::sys_days>>, vector<range<wall_clock>>,
                                   range<fuzz::share>, vector<multirange<fuzz::share>>>();
constexpr auto made_by_users =
    readers_of<fuzz::mood, fuzz::place, vector<optional<fuzz::mood>>, vector<fuzz::place>,
               std::tuple<optional<int>, optional<std::string>>, vector<std::tuple<int, std::tuple<std::string, vector<int>>>>,
               std::tuple<fuzz::place>>();

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in(data, size);
    const oid_number column = in.type();
    const auto read_with = [&](const auto& readers) {
        for (const fuzz::reader& reader : readers) {
            if (reader.accepts(column)) {
                reader.read(column, in.rest());
            }
        }
    };
    read_with(numbers);
    read_with(text_and_bytes);
    read_with(times);
    read_with(addresses_and_shapes);
    read_with(arrays);
    read_with(ranges);
    read_with(made_by_users);
    return 0;
}
