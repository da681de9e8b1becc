// SPDX-License-Identifier: BSL-1.0
#include "support/shared_server.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace pgcoro::test {
namespace {

class server_environment : public ::testing::Environment {
public:
    testing::ephemeral_server& server() {
        if (!server_) {
            server_ = testing::ephemeral_server::create().value();
        }
        return *server_;
    }

    void TearDown() override { server_.reset(); }

private:
    std::optional<testing::ephemeral_server> server_;
};

// Registered before main: gtest asks for no environments after the first test has started.
auto& environment = static_cast<server_environment&>(*::testing::AddGlobalTestEnvironment(new server_environment));

} // namespace

testing::ephemeral_server& shared_server() { return environment.server(); }

} // namespace pgcoro::test
