// A folder of the test's own: unique, empty at first, removed with all that is in it.
#pragma once

#include <filesystem>
#include <string>

namespace penstock::test {

// Lies in $TMPDIR, else /tmp. Removal ignores what it cannot remove, so a test that takes rights
// away from a folder gives them back itself. One thread at a time.
// Before the removal its files are searched for leaks (leaks/leak_search.hpp).
class TempDirectory {
 public:
  enum class LeakSearch : bool { kNo, kYes };

  // Throws std::system_error.
  explicit TempDirectory(LeakSearch search = LeakSearch::kYes);
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  const LeakSearch search_;
  std::filesystem::path path_;
};

}  // namespace penstock::test
