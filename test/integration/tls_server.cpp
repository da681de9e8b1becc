// SPDX-License-Identifier: BSL-1.0
#include "integration/tls_server.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace pgcoro::test {
namespace {

testing::server_options options() {
    using testing::password_encryption;
    testing::server_options o;
    o.tls.emplace();
    o.tls->client_certificates = {"alice"};
    o.users = {{"scram", "right"},        {"md5", "right", password_encryption::md5},
               {"clear", "right"},        {"trusted", "right"},
               {"alice", "right"},        {"tls_only", "right"},
               {"tls_password", "right"}, {"plain_only", "right"}};
    o.hba_lines = {"host all clear all password",
                   "host all trusted all trust",
                   "hostssl all alice all cert",
                   "hostssl all tls_only all trust",
                   "hostssl all tls_password all scram-sha-256",
                   "hostnossl all plain_only all trust",
                   "host all alice all reject",
                   "host all tls_only all reject",
                   "host all tls_password all reject",
                   "host all plain_only all reject"};
    return o;
}

class tls_environment : public ::testing::Environment {
public:
    testing::ephemeral_server& server() {
        if (!server_) {
            server_ = testing::ephemeral_server::create(options()).value();
        }
        return *server_;
    }
    void TearDown() override { server_.reset(); }

private:
    std::optional<testing::ephemeral_server> server_;
};

// Registered before main: gtest asks for no environments after the first test has started.
auto& environment = static_cast<tls_environment&>(*::testing::AddGlobalTestEnvironment(new tls_environment));

} // namespace

testing::ephemeral_server& tls_server() { return environment.server(); }

connect_config login(const testing::ephemeral_server& server, const std::string& user, const std::string& password) {
    connect_config config;
    config.host("127.0.0.1").port(server.port()).user(user).password(password).database("postgres");
    return config;
}

} // namespace pgcoro::test
