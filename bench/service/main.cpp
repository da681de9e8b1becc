// SPDX-License-Identifier: BSL-1.0
// Two services under load: samples/shop_service, and the same endpoints on FastAPI and asyncpg.
//
// usage: bench_service [--short [--with-peer]] [--rounds N] [--json FILE] [--markdown FILE] [--svg FILE]
#include "bench.hpp"
#include "report.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench::service {
namespace {

struct arguments {
    bool is_short = false;
    bool has_peer = false; // although it is short
    int rounds = 0;        // 0: as many as the plan has
    std::string json;
    std::string markdown;
    std::string svg;
};

arguments parse(const std::vector<std::string>& words) {
    arguments a;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (word == "--short") {
            a.is_short = true;
            continue;
        }
        if (word == "--with-peer") {
            a.has_peer = true;
            continue;
        }
        auto* const into = word == "--json" ? &a.json : word == "--markdown" ? &a.markdown : word == "--svg" ? &a.svg : nullptr;
        if ((!into && word != "--rounds") || i + 1 == words.size()) {
            throw std::invalid_argument(
                "usage: bench_service [--short [--with-peer]] [--rounds N] [--json FILE] [--markdown FILE] [--svg FILE]");
        }
        const auto& value = words[++i];
        if (into) {
            *into = value;
        } else if ((a.rounds = std::atoi(value.c_str())) < 1) {
            throw std::invalid_argument("--rounds: a number from 1");
        }
    }
    return a;
}

std::string read_file(const std::string& name) {
    std::ifstream in(name);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

void write_file(const std::string& name, const std::string& content) {
    std::ofstream out(name);
    out << content;
    if (!out.flush()) {
        throw std::runtime_error(name + " could not be written");
    }
}

int run(const arguments& a) {
    if (!a.markdown.empty()) {
        static_cast<void>(fill_in(read_file(a.markdown), "")); // before minutes of measuring
    }
    plan p = a.is_short ? short_plan() : plan();
    p.has_peer = p.has_peer || a.has_peer;
    p.rounds = a.rounds == 0 ? p.rounds : a.rounds;
    const report all = measure_services(p);
    const bool is_met = print(std::cout, all);
    if (!a.json.empty()) {
        write_file(a.json, json_text(all));
    }
    if (!a.markdown.empty()) {
        write_file(a.markdown, fill_in(read_file(a.markdown), markdown(all)));
    }
    if (!a.svg.empty()) {
        std::ostringstream picture;
        write_svg(picture, chart(all));
        write_file(a.svg, picture.str());
    }
    for (const auto& o : all.outages) {
        if (o.false_answers != 0) {
            return EXIT_FAILURE;
        }
    }
    return is_met ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace
} // namespace bench::service

int main(int argc, char** argv) {
    try {
        return bench::service::run(bench::service::parse({argv + 1, argv + argc}));
    } catch (const std::exception& e) {
        std::cerr << "bench_service: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
