# SPDX-License-Identifier: BSL-1.0
# What the library needs. cmake/pgcoroConfig.cmake.in asks for the same on a user's machine.
set(CMAKE_THREAD_PREFER_PTHREAD TRUE)
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(PostgreSQL 14.11 REQUIRED) # the client library alone: no server headers are needed
find_package(OpenSSL 3 REQUIRED COMPONENTS SSL Crypto)
find_package(Threads REQUIRED)
include(${CMAKE_CURRENT_LIST_DIR}/same_openssl.cmake)
list(GET PostgreSQL_LIBRARIES 0 libpq)
require_same_openssl("${libpq}" "${OPENSSL_SSL_LIBRARY}")

# What a component needs: without it, the component is left out.
if(PGCORO_PROMETHEUS)
    find_package(prometheus-cpp CONFIG QUIET)
    if(NOT TARGET prometheus-cpp::core)
        message(STATUS "prometheus-cpp was not found: pgcoro::prometheus is left out")
    endif()
endif()
