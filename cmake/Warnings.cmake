# penstock_warnings: what every target of ours compiles with. Linked PRIVATE, so no user inherits
# it.
add_library(penstock_warnings INTERFACE)
target_compile_options(penstock_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wformat=2 -Wundef
  # Which lock guards what: sdk/src/platform/mutex.hpp. Always an error: what breaks these rules is
  # a data race.
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Werror=thread-safety>
  $<$<BOOL:${PENSTOCK_WARNINGS_AS_ERRORS}>:-Werror>)
# The C sample and the C tests compile with the same list, less what C does not know.
add_library(penstock_c_warnings INTERFACE)
target_compile_options(penstock_c_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wundef
  $<$<BOOL:${PENSTOCK_WARNINGS_AS_ERRORS}>:-Werror>)
