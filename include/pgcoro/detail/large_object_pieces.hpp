// SPDX-License-Identifier: BSL-1.0
// What the functions for large objects have in common, whatever runs their SQL.
#pragma once

#include <pgcoro/command_tag.hpp>
#include <pgcoro/operation.hpp>
#include <pgcoro/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace pgcoro::detail {

class output_file;

/// Writes or reads a piece at an offset.
using put_piece = std::function<operation<command_tag>(std::int64_t, std::span<const std::byte>)>;
using get_piece = std::function<operation<std::vector<std::byte>>(std::int64_t, std::int32_t)>;
using source_function = std::function<task<std::span<const std::byte>>()>;
using sink_function = std::function<task<>(std::span<const std::byte>)>;

task<std::uint64_t> write_pieces(put_piece put, source_function source, std::int64_t offset);
task<std::uint64_t> read_pieces(get_piece get, sink_function sink, std::int64_t offset);

source_function source_of(std::span<const std::byte> bytes);
result<source_function> file_source(std::filesystem::path path);

/// A file that takes what is read, and is removed unless it is kept.
class file_sink {
public:
    static result<file_sink> create(std::filesystem::path path);

    sink_function sink() const;
    result<void> keep();

private:
    std::shared_ptr<output_file> file_;
};

} // namespace pgcoro::detail
