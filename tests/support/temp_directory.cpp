#include "support/temp_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace penstock::test {

TempDirectory::TempDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "penstock-test.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make the folder " + name);
  }
  path_ = name;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace penstock::test
