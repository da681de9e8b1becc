// SPDX-License-Identifier: BSL-1.0
// The part of HTTP/1.1 that a load generator reads: responses with a length or in chunks, one after the other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench::service {

/// Takes the bytes of one response as they arrive. Without I/O.
class response_parser {
public:
    enum class state { incomplete, complete, invalid };

    /// Takes what belongs to this response and gives the number of bytes. The rest belongs to the next one.
    std::size_t feed(std::string_view bytes);
    /// The peer has closed the connection, which may complete a response without a length.
    void on_end();

    state current() const noexcept;

    // Once it is complete.

    int status() const noexcept { return status_; }
    const std::string& body() const noexcept { return body_; }
    /// Whether the connection can take another request.
    bool keeps_alive() const noexcept { return keeps_alive_; }

private:
    enum class part { status_line, header, body, chunk_size, chunk, chunk_end, trailer, body_until_end, complete, invalid };

    bool is_in_line() const noexcept;
    std::size_t feed_line(std::string_view bytes);
    std::size_t feed_body(std::string_view bytes);
    void on_line(std::string_view line);
    void on_status_line(std::string_view line);
    void on_header(std::string_view line);
    void on_end_of_header();
    void on_chunk_size(std::string_view line);

    part part_ = part::status_line;
    std::string line_;
    std::string body_;
    std::size_t header_size_ = 0;
    std::size_t left_ = 0; // of the body or the chunk
    int status_ = 0;
    bool keeps_alive_ = true;
    bool has_length_ = false;
    bool is_chunked_ = false;
};

} // namespace bench::service
