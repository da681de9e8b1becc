# SPDX-License-Identifier: BSL-1.0
# Compiles SOURCE twice: with PGCORO_CONTROL defined it must compile, without it must not, and what the compiler says must
# match the regular expression in the file's line "// expect: REGEX".
file(STRINGS ${SOURCE} expectation REGEX "^// expect: ")
list(LENGTH expectation lines)
if(NOT lines EQUAL 1)
    message(FATAL_ERROR "${SOURCE} needs exactly one line '// expect: REGEX'")
endif()
string(REGEX REPLACE "^// expect: " "" expectation "${expectation}")

function(compile succeeded output)
    execute_process(
        COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I ${INCLUDE} -I ${BOOST} ${ARGN} ${SOURCE}
        RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text
    )
    set(${succeeded} OFF PARENT_SCOPE)
    if(status EQUAL 0)
        set(${succeeded} ON PARENT_SCOPE)
    endif()
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
elseif(NOT output MATCHES "${expectation}")
    fail("does not compile, but the compiler's output does not match '${expectation}'" "${output}")
endif()
