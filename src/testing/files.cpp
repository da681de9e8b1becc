// SPDX-License-Identifier: BSL-1.0
#include "files.hpp"

#include "failure.hpp"
#include "file_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace pgcoro::testing {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> all;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        all.push_back(entry->path());
    }
    return all;
}

bool is_there(const fs::path& file) noexcept { return ::access(file.c_str(), F_OK) == 0; }

std::vector<std::string> lines_of(const fs::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(std::move(line));
    }
    return lines;
}

result<> write_private(const fs::path& file, std::string_view contents, const account& who) {
    // A new file each time: what stands there may belong to another user, or be a link to somewhere else.
    ::unlink(file.c_str());
    const file_descriptor made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    while (made && !contents.empty()) {
        const auto written = ::write(made.get(), contents.data(), contents.size());
        if (written <= 0) {
            break;
        }
        contents.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!made || !contents.empty()) {
        return system_failure(errno, "cannot write " + file.string());
    }
    return give_to(who, file);
}

} // namespace pgcoro::testing
