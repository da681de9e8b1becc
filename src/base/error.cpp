// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/error.hpp>

#include <pgcoro/detail/error_details.hpp>
#include <pgcoro/result.hpp>

#include <boost/system/system_category.hpp>

#include <cerrno>
#include <memory>
#include <ostream>

namespace pgcoro {
namespace {

using details_ptr = boost::intrusive_ptr<const detail::error_details>;

details_ptr with_message(boost::system::error_code code, std::string message) {
    auto details = new detail::error_details;
    details->code = code;
    details->message = std::move(message);
    return details_ptr(details);
}

// Severity and class alone say that the server ended the session; nobody has to tell us.
bool ends_session(const detail::error_details& d) noexcept { return d.severity == "FATAL" || d.severity == "PANIC"; }

/// Whether a request that was not sent may succeed if it is made again as it is, perhaps elsewhere.
bool may_succeed_again(boost::system::error_code code) noexcept {
    if (code.category() != client_category()) {
        // These two are ours, too: a cursor that is closed, and a slot with such a name.
        return code != make_error_code(sqlstate::invalid_cursor_name) && code != make_error_code(sqlstate::invalid_name);
    }
    switch (static_cast<errc>(code.value())) {
    case errc::connection_lost:
    case errc::connection_closed:
    case errc::timed_out:
    case errc::transaction_left_open: // by another request
    case errc::pool_exhausted:
    case errc::pool_closed:
    case errc::overloaded:
    case errc::no_matching_server:
    case errc::certificate_pin_mismatch:
    case errc::connect_failed:
    case errc::tls_unavailable:
    case errc::tls_failed:
    case errc::certificate_invalid:
    case errc::authentication_failed: return true;
    default: return false;
    }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        out.append("\n  ").append(name).append(": ").append(value);
    }
}

} // namespace

namespace detail {

void intrusive_ptr_add_ref(const error_details* d) noexcept { d->references.fetch_add(1, std::memory_order_relaxed); }

void intrusive_ptr_release(const error_details* d) noexcept {
    if (d->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete d;
    }
}

void throw_exception(const error& e) { throw exception(e); }

error aborted() noexcept { return boost::system::error_code(ECANCELED, boost::system::system_category()); }

} // namespace detail

error::error(boost::system::error_code code) noexcept : value_(code.value()), category_(&code.category()) {}
error::error(errc e) noexcept : error(make_error_code(e)) {}
error::error(pgcoro::sqlstate state) noexcept : error(make_error_code(state)) {}
error::error(boost::system::error_code code, std::string message) : error(with_message(code, std::move(message))) {}
error::error(errc e, std::string message) : error(make_error_code(e), std::move(message)) {}

error::error(details_ptr details) noexcept
    : value_(details->code.value()),
      facts_(details->facts),
      category_(&details->code.category()),
      details_(std::move(details)) {}

boost::system::error_code error::code() const noexcept {
    return category_ ? boost::system::error_code(value_, *category_) : boost::system::error_code();
}

pgcoro::sqlstate error::sqlstate() const noexcept {
    return category_ && *category_ == sqlstate_category() ? static_cast<pgcoro::sqlstate>(value_) : pgcoro::sqlstate{};
}

std::string error::message() const {
    std::string line;
    for (const char c : full_message()) {
        const bool is_break = c == '\n' || c == '\r' || c == '\t';
        if (!is_break) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string error::full_message() const {
    return details_ && !details_->message.empty() ? details_->message : code().message();
}

std::string_view error::severity() const noexcept { return details_ ? std::string_view(details_->severity) : ""; }
std::string_view error::detail() const noexcept { return details_ ? std::string_view(details_->detail) : ""; }
std::string_view error::hint() const noexcept { return details_ ? std::string_view(details_->hint) : ""; }
std::string_view error::schema() const noexcept { return details_ ? std::string_view(details_->schema) : ""; }
std::string_view error::table() const noexcept { return details_ ? std::string_view(details_->table) : ""; }
std::string_view error::column() const noexcept { return details_ ? std::string_view(details_->column) : ""; }
std::string_view error::data_type() const noexcept { return details_ ? std::string_view(details_->data_type) : ""; }
std::string_view error::constraint() const noexcept { return details_ ? std::string_view(details_->constraint) : ""; }
std::string_view error::context() const noexcept { return details_ ? std::string_view(details_->context) : ""; }
std::string_view error::routine() const noexcept { return details_ ? std::string_view(details_->routine) : ""; }
std::string_view error::statement() const noexcept { return details_ ? std::string_view(details_->statement) : ""; }
int error::position() const noexcept { return details_ ? details_->position : 0; }

std::optional<std::size_t> error::item() const noexcept { return details_ ? details_->item : std::nullopt; }

std::span<const connect_attempt> error::attempts() const noexcept {
    return details_ ? std::span<const connect_attempt>(details_->attempts) : std::span<const connect_attempt>();
}

bool error::connection_lost() const noexcept {
    return (facts_ & lost) != 0 || *this == errc::connection_lost || (details_ && ends_session(*details_));
}

bool error::safe_to_retry() const noexcept {
    const auto state = sqlstate();
    const bool was_rolled_back =
        state == pgcoro::sqlstate::serialization_failure || state == pgcoro::sqlstate::deadlock_detected;
    return is(not_done) || (is(nothing_sent) && may_succeed_again(code())) || (was_rolled_back && !outcome_unknown());
}

bool error::outcome_unknown() const noexcept { return (facts_ & in_doubt) != 0; }

error error::with(fact f) const noexcept {
    error copy = *this;
    copy.facts_ |= f;
    return copy;
}

std::unique_ptr<detail::error_details> detail::error_access::copy(const error& e) {
    auto details = e.details_ ? std::make_unique<error_details>(*e.details_) : std::make_unique<error_details>();
    details->code = e.code();
    details->facts = e.facts_;
    return details;
}

error error::with_item(std::size_t item) const {
    auto details = detail::error_access::copy(*this);
    details->item = item;
    return error(details_ptr(details.release()));
}

std::string error::describe() const {
    std::string out(severity());
    out.append(out.empty() ? "" : ": ").append(full_message());
    const auto state = sqlstate();
    append_field(out, "sqlstate", state == pgcoro::sqlstate{} ? "" : to_string(state));
    append_field(out, "detail", detail());
    append_field(out, "hint", hint());
    append_field(out, "schema", schema());
    append_field(out, "table", table());
    append_field(out, "column", column());
    append_field(out, "data type", data_type());
    append_field(out, "constraint", constraint());
    append_field(out, "context", context());
    append_field(out, "routine", routine());
    append_field(out, "statement", statement());
    if (position() != 0) {
        append_field(out, "position", std::to_string(position()));
    }
    if (item()) {
        append_field(out, "item", std::to_string(*item()));
    }
    for (const auto& a : attempts()) {
        const auto where = a.host + (a.address.empty() || a.address == a.host ? "" : " (" + a.address + ")");
        append_field(out, where + " port " + std::to_string(a.port), a.reason.message());
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const error& e) { return out << e.describe(); }

exception::exception(pgcoro::error e) : std::runtime_error(e.message()), error_(std::move(e)) {}

} // namespace pgcoro
