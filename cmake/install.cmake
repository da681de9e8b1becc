# SPDX-License-Identifier: BSL-1.0
# `cmake --install`: the libraries, the headers, the CMake package and the pkg-config file, which are the component `library`;
# samples/etl, samples/migrate and samples/sync add the component `programs`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME library)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pgcoro)

set_target_properties(pgcoro_testing PROPERTIES EXPORT_NAME testing)
set_target_properties(pgcoro pgcoro_testing PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
)
install(TARGETS pgcoro pgcoro_testing EXPORT pgcoro)
install(EXPORT pgcoro NAMESPACE pgcoro:: FILE pgcoroTargets.cmake DESTINATION ${package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/pgcoro DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} PATTERN prometheus EXCLUDE)

if(TARGET pgcoro_prometheus)
    # Targets of its own: who does not ask for the component does not need prometheus-cpp.
    set_target_properties(pgcoro_prometheus PROPERTIES
        EXPORT_NAME prometheus
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    )
    install(TARGETS pgcoro_prometheus EXPORT pgcoro_prometheus)
    install(EXPORT pgcoro_prometheus NAMESPACE pgcoro:: FILE pgcoroPrometheusTargets.cmake DESTINATION ${package_dir})
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/pgcoro/prometheus DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pgcoro)
endif()

configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/pgcoroConfig.cmake.in ${PROJECT_BINARY_DIR}/pgcoroConfig.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO
)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pgcoroConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pgcoroConfig.cmake ${PROJECT_BINARY_DIR}/pgcoroConfigVersion.cmake DESTINATION ${package_dir})

# A static library makes its user link what it uses; a shared one has done so itself.
set(pgcoro_pc_requires Requires)
if(BUILD_SHARED_LIBS)
    set(pgcoro_pc_requires Requires.private)
endif()
file(RELATIVE_PATH pgcoro_pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pgcoro_pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${PROJECT_SOURCE_DIR}/cmake/pgcoro.pc.in ${PROJECT_BINARY_DIR}/pgcoro.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pgcoro.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET pgcoro_prometheus)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/pgcoro-prometheus.pc.in ${PROJECT_BINARY_DIR}/pgcoro-prometheus.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/pgcoro-prometheus.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
unset(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME)
