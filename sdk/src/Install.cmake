# What others find the SDK by: find_package(penstock), and pkg-config. Both may be moved with the
# tree they lie in. Components: sdk_runtime is what a program needs to run, sdk_development what it
# needs to be built.
include(CMakePackageConfigHelpers)
if(penstock_type STREQUAL "STATIC")
  list(TRANSFORM penstock_cxx_runtime PREPEND -l OUTPUT_VARIABLE penstock_pc_libs)
  list(JOIN penstock_pc_libs " " penstock_pc_libs)
  set(penstock_pc_requires "libssl libcrypto zlib libzstd cpp-httplib")
  string(APPEND penstock_pc_libs " -pthread")
endif()

set(penstock_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/penstock)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/penstockConfig.cmake.in
  ${PROJECT_BINARY_DIR}/penstockConfig.cmake INSTALL_DESTINATION ${penstock_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/penstockConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# ${pcfiledir} is where pkg-config found the file, so that the prefix follows it.
file(RELATIVE_PATH penstock_pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" penstock_pc_to_prefix ${penstock_pc_to_prefix})
configure_file(${PROJECT_SOURCE_DIR}/cmake/penstock.pc.in ${PROJECT_BINARY_DIR}/penstock.pc @ONLY)

install(TARGETS penstock penstock_sdk penstock_c EXPORT penstockTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk_runtime NAMELINK_COMPONENT sdk_development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk_development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/penstock ${PROJECT_BINARY_DIR}/include/penstock
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk_development
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(EXPORT penstockTargets NAMESPACE penstock:: DESTINATION ${penstock_package_dir} COMPONENT sdk_development)
install(FILES ${PROJECT_BINARY_DIR}/penstockConfig.cmake ${PROJECT_BINARY_DIR}/penstockConfigVersion.cmake
        DESTINATION ${penstock_package_dir} COMPONENT sdk_development)
install(FILES ${PROJECT_BINARY_DIR}/penstock.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT sdk_development)
# With what the pages link to.
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
        ${PROJECT_SOURCE_DIR}/CONTRIBUTING.md ${PROJECT_SOURCE_DIR}/SECURITY.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT docs)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/schemas ${PROJECT_SOURCE_DIR}/samples
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT docs)
foreach(language go node python)
  install(FILES ${PROJECT_SOURCE_DIR}/bindings/${language}/README.md
          DESTINATION ${CMAKE_INSTALL_DOCDIR}/bindings/${language} COMPONENT docs)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/bindings/${language}/example
          DESTINATION ${CMAKE_INSTALL_DOCDIR}/bindings/${language} COMPONENT docs)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/gateway/gateway.example.yaml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/gateway COMPONENT docs)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/gateway/deploy
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/gateway COMPONENT docs)
install(FILES ${PROJECT_SOURCE_DIR}/tools/penstockctl/topics.example.yaml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/tools/penstockctl COMPONENT docs)
