// SPDX-License-Identifier: BSL-1.0
// All types except those that need large headers (<pgcoro/types/boost_json.hpp>, <pgcoro/types/multiprecision.hpp>,
// <pgcoro/types/network.hpp>, <pgcoro/types/views.hpp>) and those of extensions (<pgcoro/types/hstore.hpp>).
#pragma once

#include <pgcoro/types/array.hpp>
#include <pgcoro/types/array_with_bounds.hpp>
#include <pgcoro/types/bit_string.hpp>
#include <pgcoro/types/boolean.hpp>
#include <pgcoro/types/bytea.hpp>
#include <pgcoro/types/character.hpp>
#include <pgcoro/types/composite.hpp>
#include <pgcoro/types/date_time.hpp>
#include <pgcoro/types/enum.hpp>
#include <pgcoro/types/floating_point.hpp>
#include <pgcoro/types/geometry.hpp>
#include <pgcoro/types/identifiers.hpp>
#include <pgcoro/types/integer.hpp>
#include <pgcoro/types/interval.hpp>
#include <pgcoro/types/json.hpp>
#include <pgcoro/types/jsonpath.hpp>
#include <pgcoro/types/macaddr.hpp>
#include <pgcoro/types/money.hpp>
#include <pgcoro/types/multirange.hpp>
#include <pgcoro/types/numeric.hpp>
#include <pgcoro/types/or_infinity.hpp>
#include <pgcoro/types/range.hpp>
#include <pgcoro/types/strong.hpp>
#include <pgcoro/types/text.hpp>
#include <pgcoro/types/time_of_day.hpp>
#include <pgcoro/types/tsquery.hpp>
#include <pgcoro/types/tsvector.hpp>
#include <pgcoro/types/uuid.hpp>
#include <pgcoro/types/variant.hpp>
