// SPDX-License-Identifier: BSL-1.0
// A table of JSON documents that is used as a collection of MongoDB is: the snippets of docs/from-python.md.
#include "run.hpp"

#include <pgcoro/copy_rows.hpp>
#include <pgcoro/pgcoro.hpp>
#include <pgcoro/script.hpp>
#include <pgcoro/types/boost_json.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>

#include <string>
#include <vector>

namespace json = boost::json;
using tutorial::expect;

namespace {

// [collection]
pgcoro::task<> create_collection(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create table users (id bigint generated always as identity primary key,"
                                             " document jsonb not null)"));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("create index on users using gin (document jsonb_path_ops)"));
    co_return pgcoro::success();
}
// [/collection]

pgcoro::task<> insert(pgcoro::connection& db) {
    // [insert_one]
    const json::value ada{{"name", "Ada"}, {"age", 36}, {"tags", {"maths", "poetry"}}};
    BOOST_OUTCOME_CO_TRY(auto id,
                         co_await db.fetch_one<std::int64_t>("insert into users (document) values ($1) returning id", ada));
    // [/insert_one]
    expect(id == 1);

    std::vector<json::value> documents;
    for (int i = 0; i < 20'000; ++i) {
        documents.push_back({{"name", "user " + std::to_string(i)}, {"age", i % 90}, {"address", {{"town", i % 1000}}}});
    }
    // [insert_many]
    const pgcoro::copy_target collection("users", "document");
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.copy_in(collection, documents));
    // [/insert_many]
    expect(tag.rows_affected() == 20'000);
    co_return pgcoro::success();
}

pgcoro::task<> find(pgcoro::connection& db) {
    // [find_one]
    const json::value wanted{{"name", "Ada"}};
    BOOST_OUTCOME_CO_TRY(
        auto ada, co_await db.fetch_optional<json::value>("select document from users where document @> $1 limit 1", wanted));
    // [/find_one]
    expect(ada && ada->at("age").as_int64() == 36);

    // [find]
    const json::value in_town{{"address", {{"town", 7}}}};
    BOOST_OUTCOME_CO_TRY(auto found, co_await db.fetch<json::value>("select document from users where document @> $1"
                                                                    " order by document->'age' desc limit 10",
                                                                    in_town));
    for (const json::value& user : found) {
        std::cout << user.at("name").as_string() << '\n';
    }
    // [/find]
    expect(found.size() == 10);

    // [jsonpath]
    BOOST_OUTCOME_CO_TRY(auto old, co_await db.fetch_one<std::int64_t>("select count(*) from users"
                                                                       " where document @? '$.age ? (@ >= 80 && @ < 85)'"));
    const json::value limits{{"least", 80}, {"most", 85}};
    BOOST_OUTCOME_CO_TRY(auto same, co_await db.fetch_one<std::int64_t>(
                                        "select count(*) from users"
                                        " where jsonb_path_exists(document, '$.age ? (@ >= $least && @ < $most)', $1)",
                                        limits));
    // [/jsonpath]
    expect(old == 20'000 / 90 * 5 && old == same);
    co_return pgcoro::success();
}

pgcoro::task<> update(pgcoro::connection& db) {
    const json::value ada{{"name", "Ada"}};
    // [update_one]
    const json::value changes{{"age", 37}, {"city", "London"}};
    BOOST_OUTCOME_CO_TRY(auto tag, co_await db.execute("update users set document = document || $1"
                                                       " where id = (select id from users where document @> $2 limit 1)",
                                                       changes, ada));
    // [/update_one]
    expect(tag.rows_affected() == 1);

    // [operators]
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update users set document = jsonb_set(document, '{age}',"
                                             " to_jsonb((document->'age')::int + $1)) where document @> $2", // $inc
                                             1, ada));
    BOOST_OUTCOME_CO_TRY(co_await db.execute("update users set document = jsonb_insert(document, '{tags,-1}', $1, true)"
                                             " where document @> $2", // $push
                                             json::value("chess"), ada));
    BOOST_OUTCOME_CO_TRY(
        co_await db.execute("update users set document = document - 'city' where document @> $1", ada)); // $unset
    // [/operators]
    BOOST_OUTCOME_CO_TRY(auto now, co_await db.fetch_one<json::value>("select document from users where document @> $1", ada));
    const json::value expected{{"name", "Ada"}, {"age", 38}, {"tags", {"maths", "poetry", "chess"}}};
    expect(now == expected);

    // [aggregate]
    using age_and_count = std::tuple<int, std::int64_t>;
    BOOST_OUTCOME_CO_TRY(auto groups, co_await db.fetch<age_and_count>("select (document->'age')::int, count(*) from users"
                                                                       " group by 1 order by 2 desc, 1 limit 3"));
    // [/aggregate]
    expect(groups.size() == 3);

    // [delete]
    BOOST_OUTCOME_CO_TRY(auto deleted, co_await db.execute("delete from users where document @> $1", ada));
    // [/delete]
    expect(deleted.rows_affected() == 1);
    co_return pgcoro::success();
}

pgcoro::task<> explain(pgcoro::connection& db) {
    BOOST_OUTCOME_CO_TRY(co_await db.execute("vacuum analyze users"));
    const json::value in_town{{"address", {{"town", 7}}}};
    // [explain]
    BOOST_OUTCOME_CO_TRY(auto plan, co_await db.fetch_one<json::value>(
                                        "explain (format json) select document from users where document @> $1", in_town));
    const json::value& scan = plan.at(0).at("Plan"); // a bitmap heap scan, which reads the rows that a bitmap index scan found
    const json::value& index = scan.at("Plans").at(0);
    std::cout << index.at("Node Type").as_string() << " on " << index.at("Index Name").as_string() << '\n';
    // [/explain]
    expect(scan.at("Node Type") == "Bitmap Heap Scan" && index.at("Node Type") == "Bitmap Index Scan");
    expect(index.at("Index Name") == "users_document_idx");

    BOOST_OUTCOME_CO_TRY(auto by_path,
                         co_await db.fetch_one<json::value>(
                             "explain (format json) select 1 from users where document @? '$.address.town ? (@ == 7)'"));
    expect(serialize(by_path).find("users_document_idx") != std::string::npos);
    BOOST_OUTCOME_CO_TRY(auto by_function,
                         co_await db.fetch_one<json::value>("explain (format json) select 1 from users"
                                                            " where jsonb_path_exists(document, '$.address.town ? (@ == 7)')"));
    expect(serialize(by_function).find("users_document_idx") == std::string::npos); // a function's index is never used
    co_return pgcoro::success();
}

pgcoro::task<> lesson(std::string where) {
    BOOST_OUTCOME_CO_TRY(auto db, co_await pgcoro::connect(where));
    BOOST_OUTCOME_CO_TRY(co_await create_collection(db));
    BOOST_OUTCOME_CO_TRY(co_await insert(db));
    BOOST_OUTCOME_CO_TRY(co_await find(db));
    BOOST_OUTCOME_CO_TRY(co_await update(db));
    BOOST_OUTCOME_CO_TRY(co_await explain(db));
    co_return pgcoro::success();
}

} // namespace

int main(int argc, char** argv) { return tutorial::run(argc, argv, lesson); }
