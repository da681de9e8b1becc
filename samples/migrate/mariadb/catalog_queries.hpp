// SPDX-License-Identifier: BSL-1.0
// What the catalog is asked, of the session's database.
#pragma once

namespace migrate::mariadb::queries {

inline constexpr const char* tables =
    "select t.table_name, t.table_type, t.engine, e.transactions, t.table_rows, t.data_length, t.auto_increment, "
    "t.table_comment, t.create_options from information_schema.tables t "
    "left join information_schema.engines e on e.engine = t.engine "
    "where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by t.table_name";

inline constexpr const char* columns =
    "select table_name, column_name, column_type, is_nullable, column_default, extra, collation_name, column_comment, "
    "generation_expression from information_schema.columns where table_schema = database() "
    "order by table_name, ordinal_position";

// Of the primary key, it comes first.
inline constexpr const char* indexes =
    "select table_name, index_name, non_unique, column_name, collation, sub_part, index_type, index_comment "
    "from information_schema.statistics where table_schema = database() "
    "order by table_name, index_name <> 'PRIMARY', index_name, seq_in_index";

inline constexpr const char* checks_of_mariadb =
    "select table_name, constraint_name, check_clause from information_schema.check_constraints "
    "where constraint_schema = database() order by table_name, constraint_name";

inline constexpr const char* checks_of_mysql =
    "select t.table_name, t.constraint_name, c.check_clause from information_schema.table_constraints t "
    "join information_schema.check_constraints c "
    "on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name "
    "where t.table_schema = database() and t.constraint_type = 'CHECK' order by t.table_name, t.constraint_name";

inline constexpr const char* foreign_keys =
    "select k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, "
    "k.referenced_column_name, r.update_rule, r.delete_rule from information_schema.key_column_usage k "
    "join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema "
    "and r.constraint_name = k.constraint_name and r.table_name = k.table_name "
    "where k.table_schema = database() and k.referenced_table_name is not null "
    "order by k.table_name, k.constraint_name, k.ordinal_position";

inline constexpr const char* views = "select table_name, view_definition from information_schema.views "
                                     "where table_schema = database() order by table_name";

inline constexpr const char* sequences = "select table_name from information_schema.tables "
                                         "where table_schema = database() and table_type = 'SEQUENCE' order by table_name";

// What is not migrated, as "trigger shop.t".
inline constexpr const char* left_out =
    "select concat('trigger ', trigger_schema, '.', trigger_name) as object from information_schema.triggers "
    "where trigger_schema = database() "
    "union all select concat(lower(routine_type), ' ', routine_schema, '.', routine_name) "
    "from information_schema.routines where routine_schema = database() "
    "union all select concat('event ', event_schema, '.', event_name) from information_schema.events "
    "where event_schema = database() order by object";

} // namespace migrate::mariadb::queries
