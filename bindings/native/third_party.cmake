# Writes `output`: the texts of `licenses`, each behind the name of what it is for.
file(WRITE ${output} "libpenstock.a, which is in this package, contains code under the licenses below.\n")
foreach(license IN LISTS licenses)
  get_filename_component(folder ${license} DIRECTORY)
  get_filename_component(name ${folder} NAME)
  file(READ ${license} text)
  file(APPEND ${output} "\n==== ${name}\n\n${text}")
endforeach()
