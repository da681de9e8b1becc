// SPDX-License-Identifier: BSL-1.0
// Tables with a column whose type has no binary output: an access control list.
#pragma once

#include "types_fixture.hpp"

#include <cstdint>
#include <string>

namespace pgcoro::test {

class text_only : public types_fixture {
protected:
    void SetUp() override {
        types_fixture::SetUp();
        run_all("set client_min_messages = warning");
        run_all("create temp table lists (id int, name text, acl aclitem[])");
        run_all("insert into lists values (1, 'open', null), (2, 'shared', format('{%1$s=r/%1$s}', current_user)::aclitem[])");
        run_all("create temp sequence runs");
    }

    void run_all(const std::string& sql) {
        const auto done = run(connection_.execute(unchecked_sql(sql)));
        ASSERT_TRUE(done) << sql << ": " << done.error();
    }

    /// How often `nextval('runs')` was called; counts itself.
    std::int64_t count_runs() { return run(connection_.fetch_one<std::int64_t>("select nextval('runs')")).value(); }

    std::int64_t count_lists() { return run(connection_.fetch_one<std::int64_t>("select count(*) from lists")).value(); }

    std::string superuser() { return run(connection_.fetch_one<std::string>("select current_user::text")).value(); }

    std::string acl() { return "{" + superuser() + "=r/" + superuser() + "}"; }

    rowset fetch(const std::string& sql) { return run(connection_.fetch(unchecked_sql(sql))).value(); }
};

} // namespace pgcoro::test
