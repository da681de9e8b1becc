// SPDX-License-Identifier: BSL-1.0
#include "csv_reader.hpp"

#include "failure.hpp"

#include <algorithm>
#include <utility>

namespace etl {

csv_reader::csv_reader(const source_settings& s) : file_(s.file.text), parser_(s.csv), has_header_(s.has_header) {
    for (const placed& name : s.fields) {
        names_.push_back(name.text);
    }
}

pgcoro::result<std::vector<std::string>> csv_reader::open() {
    BOOST_OUTCOME_TRY(file_.open());
    if (has_header_) {
        BOOST_OUTCOME_TRY(names_, read_header());
    }
    return names_;
}

pgcoro::result<std::vector<std::string>> csv_reader::read_header() {
    for (bool more = true; more && pending_.empty();) {
        BOOST_OUTCOME_TRY(more, fetch(pending_));
    }
    if (pending_.empty()) {
        return fail(failure::bad_source, file_.name() + ": the file is empty, and has no header");
    }
    const auto header = pending_.front();
    pending_.erase(pending_.begin());
    if (!header.fault.empty()) {
        return fail(failure::bad_source, file_.name() + ":1: the header is no CSV: " + header.fault);
    }
    std::vector<std::string> names;
    for (const auto& field : header.fields) {
        if (!field || field->empty()) {
            return fail(failure::bad_source,
                        file_.name() + ":1: column " + std::to_string(names.size() + 1) + " of the header has no name");
        }
        if (std::find(names.begin(), names.end(), *field) != names.end()) {
            return fail(failure::bad_source, file_.name() + ":1: the header has the column \"" + *field + "\" twice");
        }
        names.push_back(*field);
    }
    return names;
}

pgcoro::result<bool> csv_reader::fetch(std::vector<csv_record>& out) {
    if (is_over_) {
        return false;
    }
    BOOST_OUTCOME_TRY(const auto bytes, file_.read());
    bytes_ += bytes.size();
    is_over_ = bytes.empty();
    is_over_ ? parser_.finish(out) : parser_.feed(bytes, out);
    if (const auto line = parser_.too_long()) {
        return fail(failure::bad_source, file_.name() + ":" + std::to_string(*line) +
                                             ": the row that begins here is longer than 1 GiB; perhaps a quote is not closed");
    }
    if (const auto line = parser_.open_quote(); is_over_ && line) {
        // As one reject, it would hide how many rows are missing.
        return fail(failure::bad_source,
                    file_.name() + ":" + std::to_string(*line) + ": the quoted field that begins here is not closed");
    }
    return !is_over_;
}

pgcoro::result<batch> csv_reader::read() {
    batch b;
    while (b.rows.empty() && b.rejects.empty() && !b.is_last) {
        if (pending_.empty()) { // or what came with the header first: the next bytes of a pipe may be long in coming
            BOOST_OUTCOME_TRY(const bool more, fetch(pending_));
            b.is_last = !more;
        }
        for (csv_record& record : pending_) {
            if (record.is_blank && names_.size() > 1) {
                continue;
            }
            if (record.fault.empty() && record.fields.size() != names_.size()) {
                record.fault = "number of fields: " + std::to_string(record.fields.size()) +
                               ", expected: " + std::to_string(names_.size());
            }
            if (record.fault.empty()) {
                b.rows.push_back({record.line, std::move(record.fields)});
            } else {
                b.rejects.push_back({record.line, {{}, std::nullopt, record.fault, {}}});
            }
        }
        pending_.clear();
    }
    b.bytes = std::exchange(bytes_, 0);
    return b;
}

} // namespace etl
