// SPDX-License-Identifier: BSL-1.0
// A thousand rows from the messages of a binary COPY, by hand and as pgcoro does it. Without a server.
#include "copied_items.hpp"
#include "subjects.hpp"

#include <pgcoro/detail/copy_decoder.hpp>
#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <stdexcept>

namespace bench {
namespace {

/// Rows as messages: the first with the header, the trailer alone.
std::vector<std::vector<std::byte>> some_messages() {
    const copied_columns columns;
    pgcoro::detail::copy_encoder<item> encode(columns.view());
    if (const auto failure = encode.open()) {
        throw std::logic_error(std::string(failure.message()));
    }
    std::vector<std::vector<std::byte>> messages;
    pgcoro::detail::byte_buffer bytes;
    const auto end_message = [&] {
        messages.emplace_back(bytes.data(), bytes.data() + bytes.size());
        bytes.truncate(0);
    };
    pgcoro::detail::append_copy_header(bytes);
    for (const item& row : copied_items()) {
        if (!encode.append(row, bytes)) {
            throw std::logic_error(std::string(encode.failure().message()));
        }
        end_message();
    }
    pgcoro::detail::append_copy_trailer(bytes);
    end_message();
    return messages;
}

void check_decoded(const std::vector<item>& items) {
    if (items.size() != copied_rows || items.back().id != copied_rows - 1) {
        throw std::logic_error("not the rows that were encoded");
    }
}

class decoder_by_hand final : public subject {
public:
    decoder_by_hand() : subject("copy-decode-by-hand") {}

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            std::vector<item> all;
            all.reserve(copied_rows);
            bool is_first = true;
            for (const auto& message : messages_) {
                const char* at = reinterpret_cast<const char*>(message.data());
                left_ = message.size();
                if (is_first) {
                    at = skip(at, 19);
                    is_first = false;
                }
                const char* const count = at;
                at = skip(at, 2);
                if (count[1] == 5) {
                    all.push_back(read_item(at));
                }
            }
            check_decoded(all);
        }
    }

private:
    const char* skip(const char* at, std::size_t size) {
        if (left_ < size) {
            throw std::logic_error("malformed");
        }
        left_ -= size;
        return at + size;
    }
    template <class T>
    T read(const char*& at) {
        const char* const value = at;
        at = skip(at, sizeof(T));
        return from_network<T>(value);
    }
    template <class T>
    T read_value(const char*& at) {
        if (read<std::int32_t>(at) != sizeof(T)) {
            throw std::logic_error("malformed");
        }
        return read<T>(at);
    }
    item read_item(const char*& at) {
        item row;
        row.id = read_value<std::int64_t>(at);
        row.quantity = read_value<std::int32_t>(at);
        row.price = read_value<double>(at);
        const auto size = read<std::int32_t>(at);
        const char* const text = at;
        at = skip(at, static_cast<std::size_t>(size));
        row.name.assign(text, static_cast<std::size_t>(size));
        row.created_at = postgres_epoch + std::chrono::microseconds(read_value<std::int64_t>(at));
        return row;
    }

    const std::vector<std::vector<std::byte>> messages_ = some_messages();
    std::size_t left_ = 0;
};

class decoder_of_pgcoro final : public subject {
public:
    decoder_of_pgcoro() : subject("copy-decode-pgcoro") {}

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            pgcoro::detail::copy_decoder<item> decode(columns_.view());
            auto failure = decode.open();
            std::vector<item> all;
            all.reserve(copied_rows);
            for (const auto& message : messages_) {
                failure = decode.append(message, all);
                if (failure) {
                    throw std::logic_error(std::string(failure.message()));
                }
            }
            check_decoded(all);
        }
    }

private:
    copied_columns columns_;
    const std::vector<std::vector<std::byte>> messages_ = some_messages();
};

} // namespace

std::unique_ptr<subject> make_copy_decoder_by_hand() { return std::make_unique<decoder_by_hand>(); }
std::unique_ptr<subject> make_copy_decoder() { return std::make_unique<decoder_of_pgcoro>(); }

} // namespace bench
