// SPDX-License-Identifier: BSL-1.0
#include "observers/explain_commands.hpp"

#include "statement/sql_command.hpp"

#include <pgcoro/detail/session_effect.hpp>

namespace pgcoro::observers {
namespace {

std::string_view format_option(plan_format format) noexcept {
    return format == plan_format::json ? "format json" : "format text";
}

} // namespace

bool can_be_explained(std::string_view sql) noexcept {
    return detail::is_word(first_word(sql), "select", "insert", "update", "delete", "merge", "values", "with");
}

std::string prepare_command(std::string_view name, std::span<const std::string> types, std::string_view sql) {
    std::string command = "prepare ";
    command.append(name);
    for (std::size_t i = 0; i < types.size(); ++i) {
        command.append(i == 0 ? " (" : ", ").append(types[i]);
    }
    return command.append(types.empty() ? " as " : ") as ").append(sql);
}

std::string explain_execute(std::string_view name, std::size_t parameters, plan_format format, bool generic) {
    std::string command = generic ? "explain (generic_plan, " : "explain (";
    command.append(format_option(format)).append(") execute ").append(name);
    for (std::size_t i = 0; i < parameters; ++i) {
        command.append(i == 0 ? "(null" : ", null");
    }
    return command.append(parameters == 0 ? "" : ")");
}

std::string deallocate_command(std::string_view name) { return "deallocate " + std::string(name); }

} // namespace pgcoro::observers
