# lld where it is installed: every change links dozens of test executables again. It takes a third of
# the time of GNU ld. mold 1.10, which Debian 12 has, is as quick, but for some inputs never ends.
option(PENSTOCK_USE_LLD "Link with lld if it is installed" ON)
find_program(PENSTOCK_LLD ld.lld)
mark_as_advanced(PENSTOCK_LLD)
if(PENSTOCK_USE_LLD AND PENSTOCK_LLD)
  add_link_options(-fuse-ld=lld)
endif()
