# GCC collects its own garbage again and again while its heap grows. Not before 256 MiB:
# stamper_test.cpp (asan) then takes 20.6 s instead of 23.8, and 684 MB of memory instead of 640. A
# project that includes this one decides for itself.
if(PROJECT_IS_TOP_LEVEL)
  add_compile_options("$<$<CXX_COMPILER_ID:GNU>:SHELL:--param ggc-min-heapsize=262144>")
endif()

# penstock_sanitized_quickly(<target>): for what is little code of ours and very much of a library's
# templates, and has no test that computes long. Under a sanitizer it compiles without optimization,
# in half the time.
function(penstock_sanitized_quickly target)
  if(PENSTOCK_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
