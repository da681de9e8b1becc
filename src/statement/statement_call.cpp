// SPDX-License-Identifier: BSL-1.0
#include <pgcoro/detail/statement_call.hpp>

namespace pgcoro::detail {

void statement_request::rewind() noexcept { reply().rewind(); }
void statement_request::consume_chunk(result_handle& r, const type_catalogue_ptr& types, std::size_t expected) {
    reply().take_chunk(r, types, expected);
}
bool statement_request::end_chunks() { return reply().lacks_types(); }
bool statement_request::has_more_rows() const noexcept { return reply().has_more_rows(); }
bool statement_request::read_on(const type_catalogue_ptr& types) { return reply().read_on(types); }
void statement_request::unknown_types(wanted_types& out) const { reply().unknown_types(out); }
bool statement_request::look_again(const type_catalogue_ptr& types) { return reply().look_again(types); }

} // namespace pgcoro::detail
