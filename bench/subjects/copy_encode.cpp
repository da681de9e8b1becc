// SPDX-License-Identifier: BSL-1.0
// A thousand rows into the binary COPY format, in pieces of 64 KiB, by hand and as pgcoro does it. Without a server.
#include "binary_copy_by_hand.hpp"
#include "copied_items.hpp"
#include "subjects.hpp"

#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <stdexcept>

namespace bench {
namespace {

class encoder : public subject {
public:
    using subject::subject;

protected:
    /// What would be sent. The sum of all bytes is the same whoever encoded them.
    void send(const std::byte* bytes, std::size_t size) {
        sent_ += size;
        last_ = bytes[size - 1];
    }
    void check(std::size_t queries) {
        if (sent_ % queries != 0 || last_ == std::byte{1}) {
            throw std::logic_error("something was not sent");
        }
        sent_ = 0;
    }

    const std::vector<item> items_ = copied_items();

private:
    std::size_t sent_ = 0;
    std::byte last_{};
};

class encoder_subject final : public encoder {
public:
    encoder_subject() : encoder("copy-encode-by-hand") {}

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            for (const item& row : items_) {
                encoder_.append(row);
                if (encoder_.is_full()) {
                    send_piece();
                }
            }
            send_piece();
        }
        check(queries);
    }

private:
    void send_piece() {
        send(encoder_.bytes().data(), encoder_.bytes().size());
        encoder_.clear();
    }

    encoder_by_hand encoder_;
};

class encoder_of_pgcoro final : public encoder {
public:
    encoder_of_pgcoro() : encoder("copy-encode-pgcoro"), encoder_(columns_.view()) {
        if (const auto failure = encoder_.open()) {
            throw std::logic_error(std::string(failure.message()));
        }
    }

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            for (const item& row : items_) {
                if (!encoder_.append(row, bytes_)) {
                    throw std::logic_error(std::string(encoder_.failure().message()));
                }
                if (bytes_.size() >= encoder_by_hand::piece_size) {
                    send(bytes_.data(), bytes_.size());
                    bytes_.truncate(0);
                }
            }
            send(bytes_.data(), bytes_.size());
            bytes_.truncate(0);
        }
        check(queries);
    }

private:
    copied_columns columns_;
    pgcoro::detail::copy_encoder<item> encoder_;
    pgcoro::detail::byte_buffer bytes_;
};

} // namespace

std::unique_ptr<subject> make_copy_encoder_by_hand() { return std::make_unique<encoder_subject>(); }
std::unique_ptr<subject> make_copy_encoder() { return std::make_unique<encoder_of_pgcoro>(); }

} // namespace bench
