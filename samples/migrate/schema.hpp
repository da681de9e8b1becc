// SPDX-License-Identifier: BSL-1.0
// A database as a source describes it: a model that fits PostgreSQL, SQLite and MariaDB.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrate {

/// A name within a schema, neither of them quoted. Of SQLite the schema is empty; of MariaDB it is the database.
struct object_name {
    std::string schema;
    std::string name;

    friend auto operator<=>(const object_name&, const object_name&) = default;
};

/// "schema.name" for people, or "name" without a schema. Not quoted: not for SQL.
inline std::string describe(const object_name& n) { return n.schema.empty() ? n.name : n.schema + "." + n.name; }

/// An expression in the SQL of the source, and in that of PostgreSQL.
struct expression {
    std::string source;
    /// Empty: nobody could translate it. The migration lists it and leaves it out.
    std::string postgres;
};

/// A type as the source declares it.
struct column_type {
    std::string text;                   // in full: "int(10) unsigned", "numeric(8,2)", "public.mood[]"
    std::string base;                   // lower case, without what follows: "int", "numeric"
    std::string unlimited;              // of PostgreSQL: what takes each of its values, "bpchar" where `base` is character(1)
    std::optional<std::int64_t> length; // or precision: the first number in parentheses
    std::optional<std::int64_t> scale;  // the second number
    bool is_unsigned = false;
    std::vector<std::string> labels; // of MariaDB's enum and set
};

/// A column whose values the database counts up.
struct identity {
    bool is_always = false; // GENERATED ALWAYS of PostgreSQL; everything else accepts values that are given
    /// Of the next row. PostgreSQL may have handed out more than are used.
    std::int64_t next = 1;
    std::int64_t increment = 1;
    /// START, MINVALUE, MAXVALUE, CYCLE and CACHE as PostgreSQL's SQL has them, if the source says more than the above.
    std::string options;
    /// The name of PostgreSQL's sequence, if it is not the one that the server would choose.
    std::optional<object_name> sequence = {};
    /// `next` was given already, and is the last that there can be.
    bool is_spent = false;
};

struct column {
    std::string name;
    column_type type;
    bool is_required = false; // NOT NULL
    /// With a literal, `postgres` is a quoted literal. `now()` and the like are translated by the source.
    std::optional<expression> default_value;
    std::optional<migrate::identity> counted;
    /// A stored or virtual generated column. One that cannot be translated becomes an ordinary column with the source's values.
    std::optional<expression> generated;
    std::string collation; // as the source calls it; empty: the default. The mapping says what becomes of it
    std::string comment;
};

/// A primary key or a unique constraint.
struct key {
    std::string name; // may be empty: PostgreSQL then chooses one
    std::vector<std::string> columns;
    /// Of PostgreSQL: everything after the name, as pg_get_constraintdef has it.
    std::string definition;
};

struct index_part {
    std::string column; // empty if it is an expression
    std::optional<expression> computed;
    bool is_descending = false;
};

struct index {
    std::string name;
    std::vector<index_part> parts;
    bool is_unique = false;
    std::string method = "btree"; // as PostgreSQL calls it
    std::optional<expression> predicate;
    /// Of PostgreSQL: the whole statement, as pg_get_indexdef has it.
    std::string definition;
    std::string comment;
};

/// A check, or another constraint that PostgreSQL alone has (EXCLUDE).
struct check {
    std::string name;
    expression condition;
    /// Of PostgreSQL: everything after the name, as pg_get_constraintdef has it.
    std::string definition;
};

struct foreign_key {
    std::string name;
    std::vector<std::string> columns;
    object_name referenced;
    std::vector<std::string> referenced_columns; // empty: the primary key of that table
    std::string on_update;                       // "cascade", "set null", ...; empty: no action
    std::string on_delete;
    /// Of PostgreSQL: everything after the name, as pg_get_constraintdef has it.
    std::string definition;
};

/// A key or an index of a partitioned table of PostgreSQL, with the indexes of its partitions, which have names of their own.
struct partitioned_index {
    struct part {
        object_name table;
        std::string statement; // makes it, and attaches it
    };
    bool is_key = false;
    std::string name;
    std::string statement;   // makes it for the table alone
    std::vector<part> parts; // a partition before its own partitions
};

struct table {
    object_name name;
    std::string comment;
    std::vector<column> columns;
    std::optional<key> primary_key;
    std::vector<key> uniques;
    std::vector<index> indexes; // beside those that keys have
    std::vector<check> checks;
    std::vector<foreign_key> foreign_keys;
    /// Estimates; 0 if nobody knows.
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    /// Of PostgreSQL: "range (day)" if its rows are in partitions.
    std::string partition_by;
    std::vector<partitioned_index> partitioned_indexes;
    /// Of PostgreSQL: "FOR VALUES FROM ..." if it is a partition of `parent`.
    std::string partition_bounds;
    std::optional<object_name> parent;
    bool is_unlogged = false;
};

struct view {
    object_name name;
    expression query;
    std::string comment;
    bool is_materialized = false;
    bool is_populated = true;   // of materialized ones
    std::vector<index> indexes; // of materialized ones
};

/// A sequence that belongs to no identity column.
struct sequence {
    object_name name;
    std::string options; // as PostgreSQL's SQL has them: "as bigint increment 1 minvalue 1 ..."
    std::int64_t last = 1;
    bool is_called = false; // false: `last` is the next value
    /// The column that owns it (serial).
    std::optional<object_name> owner_table;
    std::string owner_column;
};

/// What tables need first, in the order of creation: extensions, enums, domains, composite types. Of PostgreSQL only.
struct prerequisite {
    std::string kind; // "extension", "enum", ...
    object_name name;
    std::string statement;
    std::string undo; // "drop type if exists ..."; empty: stays at a restart
    /// As the target's catalogue would have it: "public.f(integer)". Empty: may be there already.
    std::string signature;
    /// Tables that must be there first.
    std::vector<object_name> needs;
};

/// What comes after everything else: comments of constraints, extended statistics, checks of domains that rows may violate. Of
/// PostgreSQL only.
struct addition {
    std::string what; // for people, and for --leave-out
    object_name of;   // a table, a view or a domain
    std::string statement;
    /// Of a key or an index that is a part of another: without that one, it is not made.
    struct whole {
        object_name table;
        std::string name;
        bool is_key = false;
    };
    std::optional<whole> part_of = std::nullopt;
};

/// What the migration leaves out or changes. Nothing is left out without one.
struct note {
    std::string object; // for people: "table shop.orders, column state"
    std::string text;   // "triggers are not migrated"
};

struct schema {
    std::vector<std::string> namespaces; // PostgreSQL's schemas, that must be there
    std::vector<prerequisite> prerequisites;
    std::vector<sequence> sequences;
    std::vector<table> tables; // a partitioned table before its partitions
    std::vector<view> views;   // in an order in which they can be created
    std::vector<addition> additions;
    std::vector<note> notes;
};

} // namespace migrate
