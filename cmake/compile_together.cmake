# SPDX-License-Identifier: BSL-1.0
# What follows in this folder and those below is compiled several files at once, unless PGCORO_UNITY_BUILD is off.
# `files`: so many at once. Not for what is measured: in a large translation unit GCC inlines less than in a user's program.
macro(pgcoro_compile_together files)
    if(PGCORO_UNITY_BUILD AND NOT CMAKE_UNITY_BUILD)
        set(CMAKE_UNITY_BUILD ON)
        set(CMAKE_UNITY_BUILD_BATCH_SIZE ${files})
        # Such a translation unit's warnings of names in different files, and of types that no header defines, are not about us.
        # That each file compiles alone is shown by the presets dev and clang (of the programs: `./scripts/test programs dev`).
        add_compile_options(-Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    endif()
endmacro()

# Tests are compiled without optimisation, as their coroutines would take three times as long to compile with it.
macro(pgcoro_compile_tests)
    # Most of the time goes into what each unit has from headers. The largest unit needs 2 GiB of memory.
    pgcoro_compile_together(12)
    if(PGCORO_UNITY_BUILD)
        # GCC's collector would run often in units so large: an eighth of the time, for 200 MiB more.
        add_compile_options(-O0 $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=524288>)
    endif()
endmacro()
