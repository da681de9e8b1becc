// SPDX-License-Identifier: BSL-1.0
// Reads Prometheus' text format back.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgcoro::test {

using labels = std::map<std::string, std::string>;

class metrics_text {
public:
    struct sample {
        std::string name;
        labels of;
        double value = 0;
    };

    /// Fails the test if a line is not of the format.
    explicit metrics_text(std::string_view text);

    /// The samples of that name that have at least these labels.
    std::vector<sample> select(std::string_view name, const labels& wanted = {}) const;
    /// The sum of their values.
    double sum(std::string_view name, const labels& wanted = {}) const;
    /// The values that a label has.
    std::map<std::string, double> by(std::string_view name, const std::string& label, const labels& wanted = {}) const;

private:
    std::vector<sample> samples_;
};

} // namespace pgcoro::test
