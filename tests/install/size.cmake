# What programs ship with Penstock in them pay for it. OpenSSL, zlib and zstd are libraries of the
# system.
set(size_max 614400)  # 600 KiB
execute_process(COMMAND ${strip} --strip-unneeded -o ${work}/stripped.so ${library} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "failed: ${strip} ${library}")
endif()
file(SIZE ${work}/stripped.so size)
message(STATUS "stripped: ${size} bytes of ${size_max}")
if(size GREATER size_max)
  message(FATAL_ERROR "the stripped library has ${size} bytes; ${size_max} are allowed")
endif()
