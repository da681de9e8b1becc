// SPDX-License-Identifier: BSL-1.0
// The example of docs/migrate.md does what the document says.
#include "program.hpp"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>

namespace migrate_test {
namespace {

class migrate_document : public program {
protected:
    /// What stands in the block after "<!-- file: NAME -->".
    static std::string file_of_document(const std::string& name) {
        std::ifstream in(PGCORO_MIGRATE_DOCUMENT);
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

TEST_F(migrate_document, its_example_gives_what_it_says) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder.path("shop.db").c_str(), &db), SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closed(db, &sqlite3_close);
    ASSERT_EQ(sqlite3_exec(db, file_of_document("shop.sql").c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    folder.write("shop.toml", file_of_document("shop.toml"));

    EXPECT_EQ(call("plan", "sqlite:shop.db").out, file_of_document("plan.txt"));
    const auto refused = call("run", "sqlite:shop.db", {"--mapping", "shop.toml", "--jobs", "1"});
    EXPECT_EQ(refused.exit_code, 1);
    std::string message = file_of_document("error.txt");
    message.pop_back(); // the line end
    EXPECT_TRUE(refused.err_has(message)) << refused.err;
    ASSERT_EQ(at_target("select step from pgcoro_migrate.steps where step like 'copy%'"), "");
    const auto o = call("run", "sqlite:shop.db", {"--mapping", "shop.toml", "--bad-values", "null"});

    EXPECT_EQ(o.exit_code, 0) << o.err;
    EXPECT_TRUE(o.out.starts_with(file_of_document("report.txt"))) << o.out;
    EXPECT_EQ(
        at_target("set timezone = 'UTC'; select * from orders order by id"),
        "1001|1|2025-12-24 18:00:00+00|1250.50|3\n1002|2|2025-12-27 09:30:00+00|80.00|\n1003|2|2025-12-31 00:00:00+00||1\n");
}

} // namespace
} // namespace migrate_test
