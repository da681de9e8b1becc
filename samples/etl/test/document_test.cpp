// SPDX-License-Identifier: BSL-1.0
// The example of docs/etl.md does what the document says.
#include "program.hpp"

#include <fstream>
#include <iterator>

namespace etl_test {
namespace {

class etl_document : public program {
protected:
    /// What stands in the block after "<!-- file: NAME -->".
    static std::string file_of_document(const std::string& name) {
        std::ifstream in(PGCORO_ETL_DOCUMENT);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto marker = text.find("<!-- file: " + name + " -->\n```");
        if (marker == std::string::npos) {
            ADD_FAILURE() << name << " is not in the document";
            return {};
        }
        const auto begin = text.find('\n', text.find("```", marker)) + 1;
        return text.substr(begin, text.find("```", begin) - begin);
    }
};

TEST_F(etl_document, its_example_gives_what_it_says) {
    sql("drop table customers");
    sql(file_of_document("shop.sql"));
    write("orders.csv", file_of_document("orders.csv"));
    write("orders.toml", file_of_document("orders.toml"));

    const auto o = run("orders.toml", {"--max-rejects", "10"});

    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_EQ(read("orders.rejects.csv"), file_of_document("orders.rejects.csv"));
    EXPECT_EQ(sql("select * from orders order by id"), "1001|1|2025-12-24|1487.50\n1003|2|2025-12-31|95.80\n");
    EXPECT_TRUE(o.out_has("filtered       1\n")) << o.out;
}

} // namespace
} // namespace etl_test
