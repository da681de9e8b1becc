// SPDX-License-Identifier: BSL-1.0
// A thousand rows from the messages of a binary COPY, by hand and as pgcoro does it. Without a server.
#include "binary_copy_by_hand.hpp"
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

class decoder_subject final : public subject {
public:
    decoder_subject() : subject("copy-decode-by-hand") {}

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            std::vector<item> all;
            all.reserve(copied_rows);
            decoder_by_hand decode;
            for (const auto& message : messages_) {
                decode.read(reinterpret_cast<const char*>(message.data()), message.size(),
                            [&](item&& row) { all.push_back(std::move(row)); });
            }
            check_decoded(all);
        }
    }

private:
    const std::vector<std::vector<std::byte>> messages_ = some_messages();
};

class decoder_of_pgcoro final : public subject {
public:
    decoder_of_pgcoro() : subject("copy-decode-pgcoro") {}

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            pgcoro::detail::copy_decoder<item> decode(columns_.view());
            auto failure = decode.open();
            pgcoro::detail::row_chunk<item> all;
            all.vector().reserve(copied_rows);
            for (const auto& message : messages_) {
                failure = decode.append(message, all);
                if (failure) {
                    throw std::logic_error(std::string(failure.message()));
                }
            }
            check_decoded(all.vector());
        }
    }

private:
    copied_columns columns_;
    const std::vector<std::vector<std::byte>> messages_ = some_messages();
};

} // namespace

std::unique_ptr<subject> make_copy_decoder_by_hand() { return std::make_unique<decoder_subject>(); }
std::unique_ptr<subject> make_copy_decoder() { return std::make_unique<decoder_of_pgcoro>(); }

} // namespace bench
