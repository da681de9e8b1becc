// SPDX-License-Identifier: BSL-1.0
// What a migration or a validation has found: for people, for machines and as a page.
#pragma once

#include "comparison.hpp"
#include "schema.hpp"
#include "source.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace migrate {

struct table_report {
    std::string source; // names
    std::string target;
    std::uint64_t rows = 0;
    std::size_t columns = 0;
    bool is_compared = false;
    std::vector<difference> differences;
    std::uint64_t sampled = 0; // rows that were compared as a whole
    /// Why no rows were compared as a whole, or why a column was not.
    std::vector<std::string> remarks;
    std::vector<replaced_values> replaced;
    bool is_from_earlier_run = false;
};

struct report {
    std::string title; // "migration", "validation"
    std::string source;
    std::string target;
    std::string time; // of the end: "2026-11-29T08:00:00Z"
    double seconds = 0;
    std::uint64_t rows = 0; // of this run
    std::uint64_t bytes = 0;
    std::vector<table_report> tables;
    std::vector<note> notes;

    bool is_equal() const;
    std::size_t differing_tables() const;
    std::uint64_t replaced_values() const;
};

std::string to_text(const report& r);
boost::json::object to_json(const report& r);
/// One page that needs nothing else.
std::string to_html(const report& r);

} // namespace migrate
