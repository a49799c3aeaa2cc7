#include "support/temp_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "support/leaks/leak_search.hpp"

namespace penstock::test {

TempDirectory::TempDirectory(LeakSearch search) : search_(search) {
  auto name = (std::filesystem::temp_directory_path() / "penstock-test.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make the folder " + name);
  }
  path_ = name;
}

TempDirectory::~TempDirectory() {
  if (search_ == LeakSearch::kYes) look_for_leaks_below(path_);
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace penstock::test
