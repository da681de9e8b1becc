// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/copy_parser.hpp>

#include <pgcoro/detail/big_endian.hpp>
#include <pgcoro/detail/copy_format.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace pgcoro::detail {
namespace {

constexpr std::size_t count_size = sizeof(std::uint16_t);
constexpr std::size_t length_size = sizeof(std::uint32_t);

// Memory that a row was kept in is kept for the next one, up to this size.
constexpr std::size_t most_reserved = 256 * 1024;

} // namespace

void copy_parser::feed_more(std::span<const std::byte> bytes) {
    if (left() != 0 && !kept_.empty()) {
        kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(std::exchange(at_, 0)));
        kept_.insert(kept_.end(), bytes.begin(), bytes.end());
        bytes_ = kept_;
        return;
    }
    kept_.clear();
    if (kept_.capacity() > most_reserved) {
        kept_ = {};
    }
    bytes_ = bytes;
    at_ = 0;
}

bool copy_parser::next_outside_rows() {
    switch (part_) {
    case part::header:
        if (!read_header()) {
            return false;
        }
        [[fallthrough]];
    case part::extension:
        if (!skip_extension()) {
            return false;
        }
        [[fallthrough]];
    case part::rows: return read_row();
    case part::end: return left() != 0 && fail("bytes after the trailer");
    case part::failed: break;
    }
    return false;
}

bool copy_parser::read_header() {
    const std::byte* const from = bytes_.data() + at_;
    if (const auto there = std::min(left(), copy_signature.size());
        there != 0 && std::memcmp(from, copy_signature.data(), there) != 0) {
        return fail("it does not begin with the signature of the format");
    }
    if (left() < copy_header_size) {
        return wait();
    }
    const auto flags = load_big_endian<std::uint32_t>(from + copy_signature.size());
    if ((flags & critical_copy_flags) != 0) {
        return fail("its header has flags of an unknown meaning (" + std::to_string(flags) + ")");
    }
    extension_ = load_big_endian<std::uint32_t>(from + copy_signature.size() + sizeof flags);
    if (extension_ > value_writer::max_size) {
        return fail("the length of its header is " + std::to_string(static_cast<std::int32_t>(extension_)));
    }
    at_ += copy_header_size;
    part_ = part::extension;
    return true;
}

bool copy_parser::skip_extension() {
    const auto skipped = static_cast<std::uint32_t>(std::min<std::size_t>(left(), extension_));
    at_ += skipped;
    extension_ -= skipped;
    if (extension_ != 0) {
        return false;
    }
    part_ = part::rows;
    return true;
}

bool copy_parser::read_row() {
    if (left() < count_size) {
        return wait();
    }
    const std::byte* from = bytes_.data() + at_;
    const std::byte* const end = bytes_.data() + bytes_.size();
    const auto count = load_big_endian<std::uint16_t>(from);
    from += count_size;
    if (count != cells_.size()) [[unlikely]] {
        return end_rows(count);
    }
    cell_bytes* const first = cells_.data();
    for (cell_bytes *cell = first, *last = first + count; cell != last; ++cell) {
        if (static_cast<std::size_t>(end - from) < length_size) [[unlikely]] {
            return wait();
        }
        const auto length = static_cast<std::int32_t>(load_big_endian<std::uint32_t>(from));
        from += length_size;
        *cell = {from, length};
        // Of a NULL, this is the largest number there is.
        if (static_cast<std::size_t>(std::int64_t{length}) <= static_cast<std::size_t>(end - from)) [[likely]] {
            from += length;
        } else if (static_cast<std::uint32_t>(length) != copy_null) {
            return wait_for_value(length, static_cast<std::size_t>(from - bytes_.data()) - at_, cell - first);
        }
    }
    at_ = static_cast<std::size_t>(from - bytes_.data());
    ++rows_;
    return true;
}

bool copy_parser::end_rows(std::uint16_t count) {
    if (count != copy_trailer) {
        return fail("row " + std::to_string(rows_ + 1) + " has " + std::to_string(count) + " columns instead of " +
                    std::to_string(cells_.size()));
    }
    part_ = part::end;
    at_ += count_size;
    return next();
}

bool copy_parser::wait_for_value(std::int32_t length, std::size_t before, std::ptrdiff_t column) {
    if (length < 0 || before > most_bytes_ || static_cast<std::size_t>(length) > most_bytes_ - before) {
        return fail("column " + std::to_string(column + 1) + " in row " + std::to_string(rows_ + 1) + " has a length of " +
                    std::to_string(length));
    }
    return wait();
}

bool copy_parser::wait() {
    if (kept_.empty() && left() != 0) {
        kept_.assign(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), bytes_.end());
        bytes_ = kept_;
        at_ = 0;
    }
    return false;
}

bool copy_parser::fail(std::string why) {
    part_ = part::failed;
    why_ = std::move(why);
    kept_ = {};
    bytes_ = {};
    at_ = 0;
    return false;
}

error copy_parser::failure() const {
    return failed() ? error(errc::malformed_value, "the server's COPY data is malformed: " + why_) : error();
}

error copy_parser::finish() {
    if (!failed() && !is_over()) {
        fail(left() == 0 ? "it ends without a trailer" : "it ends within row " + std::to_string(rows_ + 1));
    }
    return failure();
}

} // namespace pgcoro::detail
