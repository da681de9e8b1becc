# SPDX-License-Identifier: BSL-1.0
# Requires libpq and pgcoro to use one and the same OpenSSL. pgcoro calls OpenSSL's functions with the TLS sessions that libpq
# has created. Linkers only warn of two versions in a program, which then crashes at the first encrypted connection.

# The libssl that a shared library needs (NEEDED) or is (SONAME). Empty for static libraries, or without objdump.
function(read_libssl kind library result)
    execute_process(COMMAND "${CMAKE_OBJDUMP}" -p "${library}" OUTPUT_VARIABLE headers ERROR_QUIET RESULT_VARIABLE failed)
    set(${result} "" PARENT_SCOPE)
    if(NOT failed AND headers MATCHES "${kind} +(libssl[^ \n]*)")
        set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
endfunction()

function(require_same_openssl libpq libssl)
    read_libssl(NEEDED "${libpq}" of_libpq)
    read_libssl(SONAME "${libssl}" found)
    if(of_libpq AND found AND NOT of_libpq STREQUAL found)
        message(FATAL_ERROR "${libpq} is linked with ${of_libpq}, but the OpenSSL that was found is ${found}. "
            "pgcoro needs the OpenSSL that libpq uses: install that version, or set OPENSSL_ROOT_DIR.")
    endif()
endfunction()
