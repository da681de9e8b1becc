# SPDX-License-Identifier: BSL-1.0
# The tests of a GoogleTest program, but for those whose name begins with slow, as so many tests for CTest, which it runs at the
# same time: for programs that wait more than they compute. Named NAME_1, NAME_2, ...; begun first, as they take longest.
function(pgcoro_test_in_parts name program parts label)
    math(EXPR last "${parts} - 1")
    foreach(index RANGE ${last})
        math(EXPR part "${index} + 1")
        add_test(NAME ${name}_${part} COMMAND ${program} --gtest_filter=-slow* --gtest_brief=1)
        set_tests_properties(${name}_${part} PROPERTIES
            LABELS ${label} TIMEOUT 1800 COST 100
            ENVIRONMENT "GTEST_TOTAL_SHARDS=${parts};GTEST_SHARD_INDEX=${index}"
        )
    endforeach()
endfunction()
