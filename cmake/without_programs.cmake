# SPDX-License-Identifier: BSL-1.0
# The programs under samples/ take a quarter of the time to compile and a third of the time to test. scripts/test builds the
# target `without_programs` unless it is asked for them, so that a newcomer waits for the library alone.

# What a plain build makes of a folder and of those below it. `ARGN`: the folders that are left out.
function(pgcoro_targets_below folder result)
    set(found "")
    if(NOT folder IN_LIST ARGN)
        get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
        foreach(target IN LISTS targets)
            get_target_property(type ${target} TYPE)
            get_target_property(on_request ${target} EXCLUDE_FROM_ALL)
            if(NOT on_request AND NOT type STREQUAL "INTERFACE_LIBRARY")
                list(APPEND found ${target})
            endif()
        endforeach()
        get_property(below DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
        foreach(next IN LISTS below)
            pgcoro_targets_below(${next} more ${ARGN})
            list(APPEND found ${more})
        endforeach()
    endif()
    set(${result} ${found} PARENT_SCOPE)
endfunction()

set(programs common etl migrate shop_service sync)
list(TRANSFORM programs PREPEND ${PROJECT_SOURCE_DIR}/samples/)
pgcoro_targets_below(${PROJECT_SOURCE_DIR} targets ${programs} ${PROJECT_SOURCE_DIR}/bench)
add_custom_target(without_programs DEPENDS ${targets})
