// SPDX-License-Identifier: BSL-1.0
// A thousand rows into the binary COPY format, in pieces of 64 KiB, by hand and as pgcoro does it. Without a server.
#include "copied_items.hpp"
#include "subjects.hpp"

#include <pgcoro/detail/copy_encoder.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/text.hpp>

#include <bit>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::size_t piece_size = 64 * 1024;

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

/// Knows its columns. It looks for NUL characters, too.
class encoder_by_hand final : public encoder {
public:
    encoder_by_hand() : encoder("copy-encode-by-hand") { bytes_.resize(2 * piece_size); }

    void run(std::size_t queries) override {
        for (std::size_t i = 0; i < queries; ++i) {
            for (const item& row : items_) {
                append(row);
                if (size_ >= piece_size) {
                    send(bytes_.data(), size_);
                    size_ = 0;
                }
            }
            send(bytes_.data(), size_);
            size_ = 0;
        }
        check(queries);
    }

private:
    template <class T>
    static std::byte* put(std::byte* to, T value) {
        const T swapped = sizeof value == 2   ? static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)))
                          : sizeof value == 4 ? static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)))
                                              : static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
        std::memcpy(to, &swapped, sizeof swapped);
        return to + sizeof swapped;
    }

    void append(const item& row) {
        constexpr std::size_t fixed = 2 + 5 * 4 + 8 + 4 + 8 + 8;
        const std::size_t most = fixed + row.name.size();
        if (bytes_.size() - size_ < most) {
            bytes_.resize(2 * bytes_.size() + most);
        }
        std::byte* to = bytes_.data() + size_;
        to = put(to, std::uint16_t{5});
        to = put(to, std::uint32_t{8});
        to = put(to, row.id);
        to = put(to, std::uint32_t{4});
        to = put(to, row.quantity);
        to = put(to, std::uint32_t{8});
        to = put(to, std::bit_cast<std::uint64_t>(row.price));
        to = put(to, static_cast<std::uint32_t>(row.name.size()));
        std::memcpy(to, row.name.data(), row.name.size());
        if (std::memchr(to, 0, row.name.size())) {
            throw std::logic_error("a NUL character");
        }
        to += row.name.size();
        to = put(to, std::uint32_t{8});
        put(to, (row.created_at - postgres_epoch).count());
        size_ += most;
    }

    std::vector<std::byte> bytes_;
    std::size_t size_ = 0;
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
                if (bytes_.size() >= piece_size) {
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

std::unique_ptr<subject> make_copy_encoder_by_hand() { return std::make_unique<encoder_by_hand>(); }
std::unique_ptr<subject> make_copy_encoder() { return std::make_unique<encoder_of_pgcoro>(); }

} // namespace bench
