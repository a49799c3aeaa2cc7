function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGV}")
  endif()
endfunction()

file(REMOVE_RECURSE ${work})
# Moved afterwards: nothing that is installed may remember where it was.
foreach(component sdk_runtime sdk_development)
  run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/first --component ${component})
endforeach()
file(RENAME ${work}/first ${work}/prefix)
run(${CMAKE_COMMAND} -S ${consumer} -B ${work}/build -G ${generator} -D CMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/cpp17_user)
run(${work}/build/c11_user)

# The same by pkg-config, with no CMake.
set(ENV{PKG_CONFIG_PATH} ${work}/prefix/${libdir}/pkgconfig)
execute_process(COMMAND pkg-config --cflags --libs penstock OUTPUT_VARIABLE flags RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "pkg-config does not find penstock")
endif()
separate_arguments(flags UNIX_COMMAND ${flags})
run(${cxx} -std=c++17 ${consumer}/cpp17_user.cpp -o ${work}/by_pkg_config ${flags}
    -Wl,-rpath,${work}/prefix/${libdir})
run(${work}/by_pkg_config)
