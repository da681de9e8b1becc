// SPDX-License-Identifier: BSL-1.0
#include "catalogue.hpp"

#include "created_sql.hpp"
#include "expression_translator.hpp"
#include "sql_text.hpp"
#include "sqlite_types.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

namespace migrate::sqlite {
namespace {

std::string quoted_here(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) {
        text += c == '"' ? "\"\"" : std::string(1, c);
    }
    return text + "\"";
}

bool is_same(const std::string& a, const std::string& b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

class catalogue_reader {
public:
    catalogue_reader(database& db, const std::vector<std::string>& only) : db_(db), only_(only) {}

    pgcoro::result<schema> read() {
        BOOST_OUTCOME_TRY(read_names());
        for (table& t : schema_.tables) {
            BOOST_OUTCOME_TRY(read_columns(t));
            BOOST_OUTCOME_TRY(read_keys(t));
            BOOST_OUTCOME_TRY(read_rows(t));
        }
        for (table& t : schema_.tables) {
            BOOST_OUTCOME_TRY(read_references(t));
        }
        BOOST_OUTCOME_TRY(read_others());
        return std::move(schema_);
    }

private:
    void note(const std::string& object, std::string text) { schema_.notes.push_back({object, std::move(text)}); }

    pgcoro::result<> read_names() {
        BOOST_OUTCOME_TRY(auto rows, db_.prepare("select l.name, l.type, coalesce(s.sql, '') from pragma_table_list l "
                                                 "left join sqlite_schema s on s.name = l.name and s.type = 'table' "
                                                 "where l.schema = 'main' and l.type in ('table', 'virtual') "
                                                 "and l.name not like 'sqlite\\_%' escape '\\' order by l.name"));
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                return pgcoro::success();
            }
            table t;
            t.name.name = rows.text(0);
            if (!only_.empty() && std::ranges::find(only_, t.name.name) == only_.end()) {
                continue;
            }
            if (rows.text(1) == "virtual") {
                note("table " + t.name.name, "is a virtual table: not migrated");
                continue;
            }
            created_[t.name.name] = read_create_table(rows.text(2));
            schema_.tables.push_back(std::move(t));
        }
    }

    pgcoro::result<> read_columns(table& t) {
        BOOST_OUTCOME_TRY(auto rows, db_.prepare("select name, type, \"notnull\", dflt_value, pk, hidden, dflt_value is null "
                                                 "from pragma_table_xinfo(?) where hidden <> 1",
                                                 &t.name.name));
        std::map<std::int64_t, std::string> key_columns;
        std::vector<std::pair<std::size_t, std::string>> generated;
        const auto& created = created_[t.name.name];
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                break;
            }
            column c;
            c.name = rows.text(0);
            c.type = type_of(rows.text(1));
            c.is_required = rows.integer(2) != 0;
            if (rows.integer(6) == 0) {
                c.default_value = translate_default(rows.text(3), c.type.text);
            }
            if (rows.integer(4) != 0) {
                key_columns[rows.integer(4)] = c.name;
            }
            if (rows.integer(5) != 0) {
                const auto found = created.generated.find(c.name);
                generated.emplace_back(t.columns.size(), found == created.generated.end() ? "" : found->second);
            }
            const std::string collation = db_.collation(t.name.name, c.name);
            if (!is_same(collation, "binary")) {
                c.collation = collation;
                note("table " + t.name.name + ", column " + c.name,
                     "the collation " + collation + " is left out: values are compared with the target's");
            }
            t.columns.push_back(std::move(c));
        }
        for (const auto& [i, sql] : generated) {
            t.columns[i].generated = expression{sql, {}};
        }
        for (const auto& [i, sql] : generated) {
            t.columns[i].generated = translate_generated(sql, t.columns[i].type.text, typed_columns(t));
        }
        for (const named_check& c : created.checks) {
            if (!c.name.empty() && !is_name(c.name)) {
                note("table " + t.name.name + ", check " + c.name,
                     "gets another name: PostgreSQL's have 1 to 63 bytes of UTF-8");
            }
            t.checks.push_back({is_name(c.name) ? c.name : "", translate(c.condition, plain_columns(t)), {}});
        }
        return set_primary_key(t, key_columns);
    }

    static column_type type_of(const std::string& declared) {
        column_type type;
        type.text = declared;
        const auto open = declared.find('(');
        type.base = declared.substr(0, open);
        std::ranges::transform(type.base, type.base.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (open != std::string::npos) {
            std::int64_t length = 0;
            const char* begin = declared.data() + open + 1;
            if (std::from_chars(begin, declared.data() + declared.size(), length).ec == std::errc()) {
                type.length = length;
            }
        }
        return type;
    }

    /// Columns whose values are compared in the same way at the target: a boolean is no 0 or 1 there.
    static std::vector<std::string> plain_columns(const table& t) {
        std::vector<std::string> names;
        for (const column& c : t.columns) {
            const std::string type = postgres_type(c.type.text);
            if (type == "bigint" || type == "text" || type == "numeric" || type == "double precision") {
                names.push_back(c.name);
            }
        }
        return names;
    }

    static std::vector<typed_column> typed_columns(const table& t) {
        std::vector<typed_column> all;
        for (const column& c : t.columns) {
            if (!c.generated) { // PostgreSQL's generated columns cannot use one another
                all.push_back({c.name, postgres_type(c.type.text)});
            }
        }
        return all;
    }

    pgcoro::result<> set_primary_key(table& t, const std::map<std::int64_t, std::string>& columns) {
        if (columns.empty()) {
            return pgcoro::success();
        }
        key k;
        std::string any_null;
        for (const auto& [position, name] : columns) {
            k.columns.push_back(name);
            any_null += (any_null.empty() ? "" : " or ") + quoted_here(name) + " is null";
        }
        BOOST_OUTCOME_TRY(const std::int64_t nulls, db_.fetch_integer("select exists (select 1 from " +
                                                                      quoted_here(t.name.name) + " where " + any_null + ")"));
        if (nulls != 0) {
            note("table " + t.name.name,
                 "the primary key becomes a unique constraint: it has NULL, which SQLite permits there");
            t.uniques.push_back(std::move(k));
            return pgcoro::success();
        }
        // Another name for the rowid, which SQLite counts up.
        const auto first = std::ranges::find(t.columns, k.columns.front(), &column::name);
        if (k.columns.size() == 1 && is_same(first->type.text, "integer")) {
            BOOST_OUTCOME_TRY(const std::int64_t last, db_.fetch_integer("select max(" + quoted_here(first->name) + ") from " +
                                                                         quoted_here(t.name.name)));
            BOOST_OUTCOME_TRY(const std::int64_t counted, last_counted(t.name.name));
            first->counted = identity();
            const std::int64_t given = std::max<std::int64_t>(std::max(last, counted), 0);
            first->counted->is_spent = given == std::numeric_limits<std::int64_t>::max();
            first->counted->next = first->counted->is_spent ? given : given + 1;
            if (first->counted->is_spent) {
                note("table " + t.name.name + ", column " + first->name,
                     "has no next value: the largest is taken, and PostgreSQL does not look for one that is free");
            }
        }
        t.primary_key = std::move(k);
        return pgcoro::success();
    }

    /// What AUTOINCREMENT remembers.
    pgcoro::result<std::int64_t> last_counted(const std::string& table) {
        BOOST_OUTCOME_TRY(const std::int64_t is_there,
                          db_.fetch_integer("select count(*) from sqlite_schema where name = 'sqlite_sequence'"));
        if (is_there == 0) {
            return 0;
        }
        BOOST_OUTCOME_TRY(auto rows, db_.prepare("select seq from sqlite_sequence where name = ?", &table));
        BOOST_OUTCOME_TRY(const bool has_row, rows.step());
        return has_row ? rows.integer(0) : 0;
    }

    pgcoro::result<> read_keys(table& t) {
        BOOST_OUTCOME_TRY(auto rows,
                          db_.prepare("select i.name, i.\"unique\", i.origin, i.partial, coalesce(s.sql, '') "
                                      "from pragma_index_list(?) i left join sqlite_schema s "
                                      "on s.name = i.name and s.type = 'index' where i.origin <> 'pk' order by i.seq desc",
                                      &t.name.name));
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                return pgcoro::success();
            }
            index i;
            i.name = rows.text(0);
            i.is_unique = rows.integer(1) != 0;
            const bool is_constraint = rows.text(2) == "u";
            const created_index created = read_create_index(rows.text(4));
            if (!created.predicate.empty()) {
                i.predicate = translate(created.predicate, plain_columns(t));
            }
            BOOST_OUTCOME_TRY(read_parts(t, i, created));
            if (!is_constraint) {
                t.indexes.push_back(std::move(i));
                continue;
            }
            key k;
            for (const index_part& p : i.parts) {
                k.columns.push_back(p.column);
            }
            t.uniques.push_back(std::move(k));
        }
    }

    pgcoro::result<> read_parts(const table& t, index& i, const created_index& created) {
        BOOST_OUTCOME_TRY(auto rows,
                          db_.prepare("select cid, name, \"desc\", coll from pragma_index_xinfo(?) where key = 1", &i.name));
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                return pgcoro::success();
            }
            index_part p;
            p.column = rows.text(1);
            p.is_descending = rows.integer(2) != 0;
            if (rows.integer(0) < 0) {
                const std::size_t number = i.parts.size();
                const std::string sql = number < created.parts.size() ? created.parts[number] : "";
                p.computed = translate(sql, plain_columns(t));
            }
            if (is_same(rows.text(3), "nocase") && i.is_unique) {
                note("table " + t.name.name + ", index " + i.name, "SQLite compares without case, PostgreSQL with it");
            }
            i.parts.push_back(std::move(p));
        }
    }

    /// An estimate that costs nothing: the rowids from the lowest to the highest.
    pgcoro::result<> read_rows(table& t) {
        const std::string in_table = " from " + quoted_here(t.name.name);
        auto rows = db_.fetch_integer("select min(max(rowid) - min(rowid), 9223372036854775806) + 1" + in_table);
        if (!rows) {
            rows = db_.fetch_integer("select count(*) from " + quoted_here(t.name.name)); // WITHOUT ROWID
        }
        BOOST_OUTCOME_TRY(const std::int64_t count, std::move(rows));
        t.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
        t.bytes = t.rows; // all that is needed is which table is larger
        return pgcoro::success();
    }

    pgcoro::result<> read_references(table& t) {
        BOOST_OUTCOME_TRY(auto rows, db_.prepare("select id, \"table\", \"from\", coalesce(\"to\", ''), on_update, on_delete "
                                                 "from pragma_foreign_key_list(?) order by id, seq",
                                                 &t.name.name));
        std::map<std::int64_t, foreign_key> keys;
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                break;
            }
            foreign_key& f = keys[rows.integer(0)];
            const auto to =
                std::ranges::find_if(schema_.tables, [&](const table& o) { return is_same(o.name.name, rows.text(1)); });
            f.referenced.name = to == schema_.tables.end() ? rows.text(1) : to->name.name;
            f.columns.push_back(actual_name(t, rows.text(2)));
            if (!rows.text(3).empty()) {
                f.referenced_columns.push_back(to == schema_.tables.end() ? rows.text(3) : actual_name(*to, rows.text(3)));
            }
            f.on_update = action(rows.text(4));
            f.on_delete = action(rows.text(5));
        }
        BOOST_OUTCOME_TRY(const auto broken, broken_references(t));
        for (auto& [id, f] : keys) {
            f.name = name_of(t, f, id);
            if (const auto found = broken.find(id); found != broken.end()) {
                note("table " + t.name.name + ", foreign key to " + f.referenced.name,
                     "left out: rows without a referenced row: " + std::to_string(found->second));
            } else {
                t.foreign_keys.push_back(std::move(f));
            }
        }
        return pgcoro::success();
    }

    /// SQLite does not tell the names of constraints.
    static std::string name_of(const table& t, const foreign_key& f, std::int64_t id) {
        const std::string number = id == 0 ? "" : std::to_string(id);
        const std::string name = t.name.name + "_" + f.columns.front() + "_fkey" + number;
        return name.size() > 63 ? "foreign_key" + number : name;
    }

    static std::string actual_name(const table& t, const std::string& name) {
        const auto found = std::ranges::find_if(t.columns, [&](const column& c) { return is_same(c.name, name); });
        return found == t.columns.end() ? name : found->name;
    }

    static std::string action(std::string words) {
        std::ranges::transform(words, words.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return words == "no action" ? "" : words;
    }

    /// How many rows there are by the number of the foreign key that they break: SQLite does not watch over it unless told so.
    pgcoro::result<std::map<std::int64_t, std::int64_t>> broken_references(const table& t) {
        std::map<std::int64_t, std::int64_t> found;
        auto prepared = db_.prepare("select fkid, count(*) from pragma_foreign_key_check(?) group by fkid", &t.name.name);
        if (!prepared) {
            return found;
        }
        statement rows = std::move(prepared).value();
        for (;;) {
            const auto has_row = rows.step();
            if (!has_row || !has_row.value()) {
                return found; // a table that is not there, or columns that are no key: the target will say so
            }
            found[rows.integer(0)] = rows.integer(1);
        }
    }

    pgcoro::result<> read_others() {
        BOOST_OUTCOME_TRY(auto rows, db_.prepare("select type, name, tbl_name, coalesce(sql, '') from sqlite_schema "
                                                 "where type in ('view', 'trigger') order by type, name"));
        for (;;) {
            BOOST_OUTCOME_TRY(const bool has_row, rows.step());
            if (!has_row) {
                return pgcoro::success();
            }
            if (rows.text(0) == "trigger") {
                note("table " + rows.text(2) + ", trigger " + rows.text(1), "is not migrated");
            } else if (only_.empty()) {
                view v;
                v.name.name = rows.text(1);
                v.query.source = rows.text(3); // SQLite's queries mean other things in too many places
                schema_.views.push_back(std::move(v));
            }
        }
    }

    database& db_;
    const std::vector<std::string>& only_;
    schema schema_;
    std::map<std::string, created_table> created_;
};

} // namespace

pgcoro::result<schema> read_catalogue(database& db, const std::vector<std::string>& only) {
    return catalogue_reader(db, only).read();
}

} // namespace migrate::sqlite
