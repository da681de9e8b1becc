// SPDX-License-Identifier: BSL-1.0
#include "base/memory_file.hpp"

#ifdef __linux__
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#endif
#include <unistd.h>

#include <boost/system/system_category.hpp>

#include <cerrno>

namespace pgcoro {

#ifdef __linux__
namespace {

bool fill(int descriptor, std::string_view content) noexcept {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0) {
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    // libpq refuses keys others may read; nobody may change what was vetted.
    return ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 &&
           ::fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

} // namespace

result<std::shared_ptr<const memory_file>> memory_file::make(std::string_view content) {
    const int descriptor = ::memfd_create("pgcoro", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) {
        return error(boost::system::error_code(errno, boost::system::system_category()));
    }
    auto file = std::make_shared<const memory_file>(descriptor);
    if (!fill(descriptor, content)) {
        return error(boost::system::error_code(errno, boost::system::system_category()));
    }
    return file;
}
#else
result<std::shared_ptr<const memory_file>> memory_file::make(std::string_view) {
    return error(errc::invalid_configuration, "certificates and keys from memory need Linux; give the path of a file instead");
}
#endif

memory_file::~memory_file() { ::close(descriptor_); }

std::string memory_file::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

} // namespace pgcoro
