// SPDX-License-Identifier: BSL-1.0
#include "http_response.hpp"

#include <algorithm>
#include <charconv>

namespace bench::service {
namespace {

constexpr std::size_t longest_header = 16 * 1024;
constexpr std::size_t longest_body = 1024 * 1024;

bool read_number(std::string_view text, int base, std::size_t& into) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into, base);
    return failed == std::errc{} && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return made;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

response_parser::state response_parser::current() const noexcept {
    return part_ == part::complete ? state::complete : part_ == part::invalid ? state::invalid : state::incomplete;
}

bool response_parser::is_in_line() const noexcept {
    return part_ == part::status_line || part_ == part::header || part_ == part::chunk_size || part_ == part::chunk_end ||
           part_ == part::trailer;
}

std::size_t response_parser::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken != bytes.size() && current() == state::incomplete) {
        taken += is_in_line() ? feed_line(bytes.substr(taken)) : feed_body(bytes.substr(taken));
    }
    return taken;
}

std::size_t response_parser::feed_line(std::string_view bytes) {
    const auto end = bytes.find('\n');
    const auto size = end == std::string_view::npos ? bytes.size() : end + 1;
    header_size_ += size;
    if (header_size_ > longest_header) {
        part_ = part::invalid;
        return size;
    }
    line_.append(bytes.substr(0, size));
    if (end != std::string_view::npos) {
        std::string_view line = line_;
        line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
        on_line(line);
        line_.clear();
    }
    return size;
}

std::size_t response_parser::feed_body(std::string_view bytes) {
    const auto size = part_ == part::body_until_end ? bytes.size() : std::min(left_, bytes.size());
    if (body_.size() + size > longest_body) {
        part_ = part::invalid;
        return size;
    }
    body_.append(bytes.substr(0, size));
    if (part_ != part::body_until_end) {
        left_ -= size;
        if (left_ == 0) {
            part_ = part_ == part::chunk ? part::chunk_end : part::complete;
        }
    }
    return size;
}

void response_parser::on_line(std::string_view line) {
    switch (part_) {
    case part::status_line: return on_status_line(line);
    case part::header: return line.empty() ? on_end_of_header() : on_header(line);
    case part::chunk_size: return on_chunk_size(line);
    case part::chunk_end: part_ = line.empty() ? part::chunk_size : part::invalid; return;
    case part::trailer: part_ = line.empty() ? part::complete : part::trailer; return;
    default: part_ = part::invalid;
    }
}

void response_parser::on_status_line(std::string_view line) {
    std::size_t status = 0;
    const bool is_http = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
    const bool is_whole = line.size() == 12 || (line.size() > 12 && line[12] == ' ');
    if (!is_http || !is_whole || !read_number(line.substr(9, 3), 10, status) || status < 100) {
        part_ = part::invalid;
        return;
    }
    status_ = static_cast<int>(status);
    keeps_alive_ = line.starts_with("HTTP/1.1");
    part_ = part::header;
}

void response_parser::on_header(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        part_ = part::invalid;
        return;
    }
    const auto name = lower(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (name == "content-length") {
        // Two lengths, or one that is not a number, leave open where the next response begins.
        if (has_length_ || !read_number(value, 10, left_)) {
            part_ = part::invalid;
        }
        has_length_ = true;
    } else if (name == "transfer-encoding") {
        is_chunked_ = lower(value) == "chunked";
        if (!is_chunked_) {
            part_ = part::invalid;
        }
    } else if (name == "connection") {
        keeps_alive_ = lower(value) == "keep-alive" || (keeps_alive_ && lower(value) != "close");
    }
}

void response_parser::on_end_of_header() {
    if (status_ < 200) {
        *this = response_parser(); // the final response follows
    } else if (has_length_ && is_chunked_) {
        part_ = part::invalid;
    } else if (is_chunked_) {
        part_ = part::chunk_size;
    } else if (status_ == 204 || status_ == 304 || (has_length_ && left_ == 0)) {
        part_ = part::complete;
    } else if (has_length_) {
        part_ = part::body;
    } else {
        keeps_alive_ = false;
        part_ = part::body_until_end;
    }
}

void response_parser::on_chunk_size(std::string_view line) {
    header_size_ = 0; // each chunk has a short line of its own
    const auto size = trimmed(line.substr(0, line.find(';')));
    if (!read_number(size, 16, left_)) {
        part_ = part::invalid;
    } else {
        part_ = left_ == 0 ? part::trailer : part::chunk;
    }
}

void response_parser::on_end() {
    if (part_ != part::complete) {
        part_ = part_ == part::body_until_end ? part::complete : part::invalid;
    }
}

} // namespace bench::service
