// SPDX-License-Identifier: BSL-1.0
// COPY's text, which several programs write and read.
#include "common/copy_text.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

TEST(copy_text, every_character_is_written_as_the_server_reads_it_wherever_it_is) {
    const std::map<char, std::string> escaped{{'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"}, {'\r', "\\r"},
                                              {'\t', "\\t"}, {'\v', "\\v"}, {'\\', "\\\\"}};
    for (int number = 1; number < 256; ++number) {
        const auto c = static_cast<char>(number);
        const auto known = escaped.find(c);
        const std::string written = known == escaped.end() ? std::string(1, c) : known->second;
        for (std::size_t before = 0; before < 18; ++before) {
            for (const std::size_t after : {0U, 1U, 9U}) {
                const std::string value = std::string(before, 'x') + c + std::string(after, '\xc3');
                std::string out = "kept\t";

                common::append_copy_value(out, value);

                ASSERT_EQ(out, "kept\t" + std::string(before, 'x') + written + std::string(after, '\xc3'));
                ASSERT_EQ(common::parse_copy_text(out).at(1), value);
            }
        }
    }
}

} // namespace
