// SPDX-License-Identifier: BSL-1.0
// A shop's products and orders as a JSON HTTP API: a service to start from. docs/http.md describes it.
#include "options.hpp"
#include "service.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <variant>
#include <vector>

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (std::ranges::find(arguments, "--help") != arguments.end()) {
        std::cout << shop::usage;
        return 0;
    }
    const auto parsed = shop::parse(arguments);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        std::cerr << "shop_service: " << *wrong << '\n' << shop::usage;
        return 2;
    }
    const auto done = shop::serve(std::get<shop::options>(parsed));
    if (!done) {
        std::cerr << "shop_service: " << done.error().message() << '\n';
    }
    return done ? 0 : 1;
}
