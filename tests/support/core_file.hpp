// The memory that a program shared with files when it died, read from its core file (core(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

struct MappedPages {
  std::string file;        // the path; ends with " (deleted)" if the file was gone
  std::string_view bytes;  // part of the core file
};

// All pages in `core`, the content of a core file, that its note of mapped files (NT_FILE) names.
// What coredump_filter left out is missing. Throws std::runtime_error, which says what is wrong, if
// `core` is not a whole core file of a 64-bit program with this machine's byte order. Any thread.
std::vector<MappedPages> mapped_pages(std::string_view core);

}  // namespace penstock::test
