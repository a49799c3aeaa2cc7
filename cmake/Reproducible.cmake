# The same sources give the same objects in any folder, so that ccache answers one clone with what
# another has compiled, and no message or debug information names a machine's folders. Paths are
# relative to the sources' folder. GCC takes the last mapping that fits. ccache (CMakePresets.json)
# hands paths to the compiler relative to the build folder.
if(PROJECT_BINARY_DIR STREQUAL PROJECT_SOURCE_DIR)
  return()
endif()
file(RELATIVE_PATH _sources_from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
add_compile_options(
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
  -ffile-prefix-map=${_sources_from_build}=
  -ffile-prefix-map=${PROJECT_BINARY_DIR}=.)
