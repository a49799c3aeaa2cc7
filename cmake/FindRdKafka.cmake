# RdKafka::rdkafka: the pinned static librdkafka that scripts/setup builds (docs/decisions/ says why
# not the distribution's). Looked for in PENSTOCK_RDKAFKA_ROOT, else in the cache folder of the
# setup script.
set(PENSTOCK_RDKAFKA_VERSION 2.15.1)
set(_rdkafka_build 2)  # as in scripts/setup
if(DEFINED ENV{XDG_CACHE_HOME})
  set(_rdkafka_cache $ENV{XDG_CACHE_HOME})
else()
  set(_rdkafka_cache $ENV{HOME}/.cache)
endif()
set(PENSTOCK_RDKAFKA_ROOT ${_rdkafka_cache}/penstock/librdkafka-${PENSTOCK_RDKAFKA_VERSION}-${_rdkafka_build} CACHE PATH
  "Where librdkafka ${PENSTOCK_RDKAFKA_VERSION} is installed")

find_path(RdKafka_INCLUDE_DIR librdkafka/rdkafka.h PATHS ${PENSTOCK_RDKAFKA_ROOT}/include NO_DEFAULT_PATH)
find_library(RdKafka_LIBRARY librdkafka.a PATHS ${PENSTOCK_RDKAFKA_ROOT}/lib NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(RdKafka
  REQUIRED_VARS RdKafka_LIBRARY RdKafka_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run `make setup`, which builds it into ${PENSTOCK_RDKAFKA_ROOT}")
if(RdKafka_FOUND AND NOT TARGET RdKafka::rdkafka)
  find_package(OpenSSL REQUIRED)
  find_package(ZLIB REQUIRED)
  find_package(Threads REQUIRED)
  find_library(Zstd_LIBRARY zstd REQUIRED)
  add_library(RdKafka::rdkafka STATIC IMPORTED)
  set_target_properties(RdKafka::rdkafka PROPERTIES
    IMPORTED_LOCATION ${RdKafka_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${RdKafka_INCLUDE_DIR})
  target_link_libraries(RdKafka::rdkafka INTERFACE
    OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB ${Zstd_LIBRARY} Threads::Threads m dl)
endif()
