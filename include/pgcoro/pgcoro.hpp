// SPDX-License-Identifier: BSL-1.0
// What most programs need: connections, statements, transactions and the most common types. Other types are in
// <pgcoro/types.hpp>; pools, multiplexers and `transact` have their own headers.
#pragma once

#include <pgcoro/batch.hpp>
#include <pgcoro/connection.hpp>
#include <pgcoro/quote.hpp>
#include <pgcoro/run.hpp>
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
