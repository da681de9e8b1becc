# SPDX-License-Identifier: BSL-1.0
# Compiles SOURCE twice: with PGCORO_CONTROL defined it must compile, without it must not, and what the compiler says must
# match a regular expression. The file says which:
#   // expect: REGEX          somewhere in the compiler's output
#   // expect first: REGEX    in the line of the first error. Clang's first line for a failed consteval call is its own, and its
#                             notes have the rest: there, in the first error with its notes; GCC 16 has the rest in its second
#   // flags: FLAGS           flags besides, such as a warning that is to be an error (optional)
#   // only with: REGEX       compilers that can see the mistake, as ID-VERSION (optional). With another one, Clang is used if
#                             there is one of a supported version
cmake_policy(VERSION 3.25)

function(directive name)
    file(STRINGS ${SOURCE} lines REGEX "^// ${name}: ")
    list(LENGTH lines count)
    if(count GREATER 1)
        message(FATAL_ERROR "${SOURCE} has more than one line '// ${name}: ...'")
    endif()
    string(REGEX REPLACE "^// ${name}: " "" lines "${lines}")
    string(REPLACE " " "_" variable "${name}")
    set(${variable} "${lines}" PARENT_SCOPE)
endfunction()
directive("expect")
directive("expect first")
directive("flags")
directive("only with")
separate_arguments(flags)
if((expect AND expect_first) OR NOT (expect OR expect_first))
    message(FATAL_ERROR "${SOURCE} needs one line '// expect: REGEX' or '// expect first: REGEX'")
endif()

if(only_with AND NOT COMPILER_ID MATCHES "^(${only_with})")
    find_program(clang NAMES clang++-20 clang++-19 clang++-18 clang++-17)
    if(NOT clang)
        message(NOTICE "skipped: ${COMPILER_ID} does not see this mistake, and there is no Clang to ask")
        return()
    endif()
    set(COMPILER ${clang})
    set(COMPILER_ID Clang)
    set(PRECOMPILED "")
endif()
set(before "")
if(PRECOMPILED)
    set(before -Winvalid-pch -include ${PRECOMPILED})
endif()

function(compile succeeded output)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C
            ${COMPILER} -std=c++20 -fsyntax-only ${flags} -I ${INCLUDE} -I ${BOOST} ${before} ${ARGN} ${SOURCE}
        RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text
    )
    set(${succeeded} OFF PARENT_SCOPE)
    if(status EQUAL 0)
        set(${succeeded} ON PARENT_SCOPE)
    endif()
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

# The line of the first error; for Clang, which quotes it in its notes, the error with what follows it up to the next one. GCC 16
# says of a consteval call that it is none, and why in the next error.
function(first_error output text)
    string(FIND "${text}" "error: " start)
    if(start EQUAL -1)
        set(${output} "" PARENT_SCOPE)
        return()
    endif()
    string(SUBSTRING "${text}" ${start} -1 text)
    string(FIND "${text}" "\n" end)
    if(COMPILER_ID MATCHES "Clang" AND text MATCHES "^error: call to consteval function")
        string(SUBSTRING "${text}" 7 -1 rest)
        string(FIND "${rest}" "error: " end)
    elseif(text MATCHES "^error: call to consteval function")
        string(SUBSTRING "${text}" ${end} -1 rest)
        string(FIND "${rest}" "error: " second)
        if(NOT second EQUAL -1)
            string(SUBSTRING "${rest}" ${second} -1 rest)
            string(FIND "${rest}" "\n" second_end)
            math(EXPR end "${end} + ${second} + ${second_end}")
        endif()
    endif()
    string(SUBSTRING "${text}" 0 ${end} text)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

function(fail reason output)
    message(NOTICE "${output}")
    message(FATAL_ERROR "${reason}")
endfunction()

compile(control_compiles output -D PGCORO_CONTROL)
if(NOT control_compiles)
    fail("the control does not compile, so a failure of the rest would prove nothing" "${output}")
endif()
compile(compiles output)
if(compiles)
    fail("compiles, but must not" "")
elseif(expect AND NOT output MATCHES "${expect}")
    fail("does not compile, but the compiler's output does not match '${expect}'" "${output}")
elseif(expect_first)
    first_error(first "${output}")
    if(NOT first MATCHES "${expect_first}")
        fail("does not compile, but the first error does not match '${expect_first}'" "${output}")
    endif()
endif()
