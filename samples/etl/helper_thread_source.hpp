// SPDX-License-Identifier: BSL-1.0
// A source whose reader blocks: it runs on a thread of its own, and never on the loop.
#pragma once

#include "common/helper_thread.hpp"
#include "reader.hpp"
#include "source.hpp"

#include <memory>

namespace etl {

class helper_thread_source final : public source {
public:
    explicit helper_thread_source(std::unique_ptr<reader> r) : reader_(std::move(r)) {}

    pgcoro::task<std::vector<std::string>> open() override;
    pgcoro::task<batch> read() override;
    std::uint64_t size() const override { return reader_->size(); }
    bool can_be_reopened() const override { return reader_->can_be_reopened(); }

private:
    std::unique_ptr<reader> reader_;
    common::helper_thread helper_; // ends before the reader is destroyed
};

} // namespace etl
