// SPDX-License-Identifier: BSL-1.0
// A database that is migrated: its schema, what becomes of its types, and its rows from one consistent snapshot.
#pragma once

#include "plan.hpp"
#include "schema.hpp"
#include "table_sums.hpp"

#include <pgcoro/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// What happens to a value that its column's type at the target does not accept: text in a column of integers, bytes that are
/// not UTF-8, a NUL character.
enum class bad_values {
    fail, // the table is not migrated; the error says which row, column and value
    null, // it becomes NULL, is counted, and the first of them are listed
};

struct source_options {
    source_options() {}

    migrate::bad_values on_bad_values = migrate::bad_values::fail;
    /// Names of tables, "schema.name" or "name"; empty: all.
    std::vector<std::string> tables;
};

/// Of one column: values that became NULL by `bad_values::null`.
struct replaced_values {
    std::string column;
    std::uint64_t count = 0;
    std::string first; // for people: "row 12 (id 7): the text "abc" is not an integer"
};

/// Bytes for COPY ... FROM STDIN in the text format. Whole rows. Empty at the end.
struct row_batch {
    std::string_view bytes; // valid until the next call on the same reader
    std::uint64_t rows = 0; // in these bytes
};

/// One connection to the source, that reads one table after the other. All readers of a source see the same snapshot.
///
/// Nothing of it blocks the loop: a library whose calls block runs on a thread of the reader's own. It is used by one
/// coroutine at a time. Destroyed in the middle of a table, it gives up what it reads.
class table_reader {
public:
    table_reader() = default;
    table_reader(const table_reader&) = delete;
    table_reader& operator=(const table_reader&) = delete;
    virtual ~table_reader() = default;

    /// Begins with a table, of which `read` gives the columns that are not generated at the target, in the order of the plan.
    /// `plan` must live until the end of the table. Errors: `failure::bad_source`, the server's.
    virtual pgcoro::task<> start(const table_plan& plan) = 0;
    /// The next rows. Some hundred KiB, so that neither side waits for the other. Errors: `failure::bad_value`,
    /// `failure::bad_source`, the server's.
    virtual pgcoro::task<row_batch> read() = 0;
    /// After the last row: the sums of the rows that were read, if the source computes them on the way.
    virtual std::optional<table_sums> sums() const = 0;
    /// After the last row.
    virtual std::vector<replaced_values> replaced() const { return {}; }

    /// The sums of a table, without copying it: what `validate` calls. A source that has them by `sums` reads the table
    /// and drops the rows; this is what the default does.
    virtual pgcoro::task<table_sums> sum_up(const table_plan& plan);
};

class source {
public:
    source() = default;
    source(const source&) = delete;
    source& operator=(const source&) = delete;
    virtual ~source() = default;

    /// "PostgreSQL 15.4", "SQLite 3.40.1"; after `open`.
    virtual std::string description() const = 0;
    /// Connects and looks whether it can be read. Errors: `failure::bad_source`, the server's. No message has a password.
    virtual pgcoro::task<> open() = 0;
    /// Takes the snapshot, unless it is taken, and describes what it sees.
    virtual pgcoro::task<schema> read_schema() = 0;

    /// What becomes of a column. With `type`, the type that the user wants at the target for it (as PostgreSQL writes it).
    /// Errors: `failure::cannot_map` if the values cannot become that, or there is no type for them. No I/O.
    virtual pgcoro::result<column_mapping> map_type(const table& t, const column& c,
                                                    const std::optional<std::string>& type) const = 0;

    /// Takes the snapshot, unless it is taken, and gives up to `most` readers that see it, at least one. Called once.
    virtual pgcoro::task<std::vector<std::unique_ptr<table_reader>>> open_readers(unsigned most) = 0;
    /// After `open_readers`: sets the next values of identity columns and sequences to what they are now, so that they are not
    /// behind the rows of the snapshot. Nothing else of the schema changes. The default is for sources whose schema is from the
    /// snapshot, or from a later time.
    virtual pgcoro::task<> update_next_values(schema& s);
    /// Whether readers compute sums while they read, so that `table_reader::sums` has them.
    virtual bool has_sums_on_the_way() const { return true; }
    /// What tells this snapshot from every other, for the bookkeeping of a run that is killed. After the snapshot is taken.
    virtual std::string snapshot_id() const = 0;
};

} // namespace migrate
