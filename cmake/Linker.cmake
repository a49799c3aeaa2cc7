# mold where it is installed: every change links dozens of test executables again.
option(PENSTOCK_USE_MOLD "Link with mold if it is installed" ON)
find_program(PENSTOCK_MOLD mold)
mark_as_advanced(PENSTOCK_MOLD)
if(PENSTOCK_USE_MOLD AND PENSTOCK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
