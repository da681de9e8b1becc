// SPDX-License-Identifier: BSL-1.0
#include "world.hpp"

namespace bench::service {

world_table vacuum_and_read(pgcoro::testing::ephemeral_server& server) {
    return read_table(server.run_sql("vacuum world; select id, randomnumber from world").value());
}

void keep_history(pgcoro::testing::ephemeral_server& server) {
    server
        .run_sql("create table world_history (id int not null, randomnumber int not null);"
                 "create function keep_write() returns trigger language plpgsql as $$"
                 " begin insert into world_history values (new.id, new.randomnumber); return null; end $$;"
                 "create trigger keep_write after update on world for each row execute function keep_write()")
        .value();
}

void forget_history(pgcoro::testing::ephemeral_server& server) { server.run_sql("truncate world_history").value(); }

std::vector<world_row> read_history(pgcoro::testing::ephemeral_server& server) {
    return read_rows(server.run_sql("select id, randomnumber from world_history").value());
}

} // namespace bench::service
