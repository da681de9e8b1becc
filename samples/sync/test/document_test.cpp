// SPDX-License-Identifier: BSL-1.0
// The example of docs/sync.md does what the document says.
#include "sync_program.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

namespace sync_test {
namespace {

class sync_document : public program {
protected:
    /// What stands in the block after "<!-- file: NAME -->".
    static std::string file_of_document(const std::string& name) {
        std::ifstream in(PGCORO_SYNC_DOCUMENT);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto marker = text.find("<!-- file: " + name + " -->\n```");
        if (marker == std::string::npos) {
            ADD_FAILURE() << name << " is not in the document";
            return {};
        }
        const auto begin = text.find('\n', text.find("```", marker)) + 1;
        return text.substr(begin, text.find("```", begin) - begin);
    }
    void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
    static std::string service(const std::string& name, const ephemeral_server& server, const std::string& database) {
        return "[" + name + "]\nhost=" + server.socket_directory().string() + "\nport=" + std::to_string(server.port()) +
               "\nuser=" + server.superuser() + "\ndbname=" + database + "\n";
    }
};

TEST_F(sync_document, its_example_gives_what_it_says) {
    everywhere(file_of_document("shop.sql"));
    sql(file_of_document("rows.sql"));
    write("sync.conf", file_of_document("sync.conf"));
    write("commands.sh", file_of_document("commands.sh"));
    write("services",
          service("shop", *source, "postgres") + service("east", *target, "east") + service("west", *target, "west"));
    const auto bin = std::filesystem::path(PGCORO_SYNC).parent_path().string();

    const std::string command =
        "cd " + folder.string() + " && PGSERVICEFILE=services PATH=" + bin + ":$PATH sh commands.sh > out 2> err";
    const int status = std::system(command.c_str());

    std::ifstream out(folder / "out");
    const std::string printed{std::istreambuf_iterator<char>(out), {}};
    std::ifstream err(folder / "err");
    const std::string told{std::istreambuf_iterator<char>(err), {}};
    EXPECT_EQ(WEXITSTATUS(status), 3) << told; // of status: nobody reads the slots
    for (const std::string database : {"east", "west"}) {
        EXPECT_EQ(in(*target, database, "select * from items order by id"), "1|bolt|0.20\n2|nut|0.05") << told;
        EXPECT_EQ(in(*target, database, "select * from orders"), "1|1|100");
        EXPECT_NE(printed.find("\n" + database + "            waiting"), std::string::npos) << printed;
    }
}

} // namespace
} // namespace sync_test
