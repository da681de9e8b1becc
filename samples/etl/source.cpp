// SPDX-License-Identifier: BSL-1.0
#include "source.hpp"

#include "csv_reader.hpp"
#include "helper_thread_source.hpp"
#include "json_lines_reader.hpp"
#include "postgres_source.hpp"
#include "sqlite_reader.hpp"

namespace etl {

std::unique_ptr<source> make_source(const source_settings& s, const pgcoro::connect_config& connection) {
    using type = source_settings::type;
    switch (s.kind) {
    case type::csv: return std::make_unique<helper_thread_source>(std::make_unique<csv_reader>(s));
    case type::json_lines: return std::make_unique<helper_thread_source>(std::make_unique<json_lines_reader>(s));
    case type::sqlite: return std::make_unique<helper_thread_source>(std::make_unique<sqlite_reader>(s));
    case type::postgres: break;
    }
    return std::make_unique<postgres_source>(s, connection);
}

} // namespace etl
