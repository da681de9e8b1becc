// SPDX-License-Identifier: BSL-1.0
// What most programs need: connections, pools, statements, and the types they send and read most. <pgcoro/types.hpp> has the
// others.
#pragma once

#include <pgcoro/batch.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/pool.hpp>
#include <pgcoro/quote.hpp>
#include <pgcoro/transaction.hpp>
#include <pgcoro/types/array.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/json.hpp>
#include <pgcoro/types/text.hpp>
#include <pgcoro/types/uuid.hpp>
