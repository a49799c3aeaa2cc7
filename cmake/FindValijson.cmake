# Valijson::valijson: headers only, which scripts/setup puts into its cache folder; or those of the
# system. Not each distribution's package has a CMake target.
if(DEFINED ENV{XDG_CACHE_HOME})
  set(_valijson_cache $ENV{XDG_CACHE_HOME})
else()
  set(_valijson_cache $ENV{HOME}/.cache)
endif()
find_path(Valijson_INCLUDE_DIR valijson/validator.hpp PATHS ${_valijson_cache}/penstock/valijson/include)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Valijson
  REQUIRED_VARS Valijson_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run `make setup`, or install libvalijson-dev")
if(Valijson_FOUND AND NOT TARGET Valijson::valijson)
  add_library(Valijson::valijson INTERFACE IMPORTED)
  target_include_directories(Valijson::valijson SYSTEM INTERFACE ${Valijson_INCLUDE_DIR})
endif()
