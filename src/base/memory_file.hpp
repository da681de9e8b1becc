// SPDX-License-Identifier: BSL-1.0
// A file without a name in any folder, for libraries that want a path to what should never be on a disk.
#pragma once

#include <pgcoro/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace pgcoro {

/// Anonymous memory behind a path only this process (and its user) can open; gone when this object is.
class memory_file {
public:
    /// Errors: `errc::invalid_configuration` where the system has no such files, or the system's error.
    static result<std::shared_ptr<const memory_file>> make(std::string_view content);

    explicit memory_file(int descriptor) noexcept : descriptor_(descriptor) {}
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file();

    std::string path() const;

private:
    int descriptor_;
};

} // namespace pgcoro
