# SPDX-License-Identifier: BSL-1.0
# What only those who work on pgcoro want: warnings, ccache, compile_commands.json. A project that adds pgcoro as a
# subdirectory keeps its own settings.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(PGCORO_CCACHE ccache)
    if(PGCORO_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${PGCORO_CCACHE})
    endif()
endif()

add_compile_options(-Wall -Wextra -Wconversion -Wshadow)
if(CMAKE_UNITY_BUILD)
    # The presets for sanitizers compile several files at once, which takes half the time. What such a translation unit says of
    # names in different files, and of types that are no header's, is not about us. That each file compiles alone, others show.
    add_compile_options(-Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
