// SPDX-License-Identifier: BSL-1.0
#include "wire/request_list.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <vector>

namespace {

using namespace pgcoro::wire;

struct some_request final : request {
    some_request() noexcept : request(0) {}
    bool consume(std::size_t, pgcoro::detail::result_handle&, const pgcoro::detail::type_catalogue_ptr&) override {
        return false;
    }
    void rewind() noexcept override {}
    void finish() override {}
    void abandon() override {}
    void drop() noexcept override {}
};

class request_list_test : public testing::Test {
protected:
    void fill(request_list& list, std::initializer_list<int> numbers) {
        for (const int n : numbers) {
            list.push_back(requests_[static_cast<std::size_t>(n)]);
        }
    }

    /// Empties the list.
    std::vector<long> drain(request_list& list) {
        std::vector<long> numbers;
        while (request* r = list.pop_front()) {
            numbers.push_back(static_cast<some_request*>(r) - requests_.data());
        }
        return numbers;
    }

    std::array<some_request, 6> requests_;
};

using numbers = std::vector<long>;

TEST_F(request_list_test, first_in_first_out) {
    request_list list;
    EXPECT_TRUE(list.empty());
    fill(list, {0, 1, 2});
    EXPECT_EQ(list.front(), &requests_[0]);
    EXPECT_EQ(drain(list), (numbers{0, 1, 2}));
    EXPECT_TRUE(list.empty());
    fill(list, {3});
    EXPECT_EQ(drain(list), (numbers{3}));
}

TEST_F(request_list_test, any_can_be_taken_out) {
    for (const int which : {0, 1, 2}) {
        request_list list;
        fill(list, {0, 1, 2});
        EXPECT_TRUE(list.remove(requests_[static_cast<std::size_t>(which)]));
        EXPECT_FALSE(list.remove(requests_[static_cast<std::size_t>(which)]));
        fill(list, {3});
        numbers left{0, 1, 2, 3};
        left.erase(left.begin() + which);
        EXPECT_EQ(drain(list), left);
    }
}

TEST_F(request_list_test, the_last_one_taken_out_leaves_an_empty_list) {
    request_list list;
    fill(list, {0});
    EXPECT_TRUE(list.remove(requests_[0]));
    EXPECT_TRUE(list.empty());
    fill(list, {1, 2});
    EXPECT_EQ(drain(list), (numbers{1, 2}));
}

TEST_F(request_list_test, one_list_goes_before_another_or_behind_it) {
    request_list list;
    request_list other;
    fill(list, {0, 1});
    fill(other, {2, 3});
    list.prepend(other);
    EXPECT_TRUE(other.empty());
    fill(other, {4});
    list.append(other);
    fill(list, {5});
    EXPECT_EQ(drain(list), (numbers{2, 3, 0, 1, 4, 5}));

    list.prepend(other);
    EXPECT_TRUE(list.empty());
    fill(other, {1});
    list.prepend(other);
    fill(list, {2});
    EXPECT_EQ(drain(list), (numbers{1, 2}));
}

} // namespace
