// Goal: once track() has returned, the memory of the journal holds masked data only, so a core file
// of the program shows no personal data there.
// Method: a child records planted events with a marker that no rule masks, and aborts. Its core has
// nothing but pages shared with files; those of the journal hold the marker and no planted value.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "penstock/penstock.hpp"
#include "support/core_file.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/leaks/planted_event.hpp"
#include "support/leaks/planted_options.hpp"
#include "support/temp_directory.hpp"

namespace penstock {
namespace {

using test::Leak;
using test::TempDirectory;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::StartsWith;

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "a text that every mask leaves alone";
constexpr int kEvents = 50;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Why this machine puts no core file into the folder of a program; "" if it does.
std::string why_no_core() {
  const std::string pattern = content_of("/proc/sys/kernel/core_pattern");
  if (pattern.empty()) return "cores are switched off (/proc/sys/kernel/core_pattern)";
  if (std::string_view("|@/").find(pattern.front()) == std::string_view::npos) return "";
  return "cores go elsewhere (/proc/sys/kernel/core_pattern): " + pattern;
}

// True if a core of this process goes into `folder`, and holds pages shared with files alone: the
// others hold what the test itself plants.
bool expect_a_core_in(const fs::path& folder) {
  constexpr const char* kSharedWithFiles = "0x8";
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return false;
  limit.rlim_cur = limit.rlim_max;
  const bool filtered(std::ofstream("/proc/self/coredump_filter")
                      << kSharedWithFiles << std::flush);
  return filtered && setrlimit(RLIMIT_CORE, &limit) == 0 && chdir(folder.c_str()) == 0;
}

[[noreturn]] void record_and_abort(const Options& options, const fs::path& core_folder) {
  if (!expect_a_core_in(core_folder)) _exit(1);
  auto client = Client::open(options);
  if (!client) _exit(2);
  for (int i = 0; i < kEvents; ++i) {
    const Event event = Event::error(test::planted_sentence()).detail("marker", kMarker);
    if (!client->track(test::planted(event)).ok()) _exit(3);
  }
  std::abort();
}

class AbortedProgram {
 public:
  explicit AbortedProgram(bool mask_emails) {
    Options options = test::planted_options(directory_, "https://localhost:1");
    options.segment_bytes = 64 * 1024;
    options.event_bytes_max = 16 * 1024;
    options.mask_emails = mask_emails;
    const pid_t child = fork();
    if (child == 0) record_and_abort(options, core_folder_.path());
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << "status " << status;
    const fs::directory_iterator written(core_folder_.path());
    if (written != fs::directory_iterator()) core_ = content_of(written->path());
  }

  bool has_core() const { return !core_.empty(); }

  // Searches the pages of the journal in the core for leaks, and returns them.
  std::string search_journal() const {
    const std::string journal = fs::canonical(directory_ / "telemetry").string() + '/';
    std::string all;
    for (const auto& [file, bytes] : test::mapped_pages(core_)) {
      if (!file.starts_with(journal)) continue;
      test::look_for_leaks("core: " + file.substr(journal.size()), bytes);
      all += bytes;
    }
    return all;
  }

 private:
  TempDirectory directory_;
  // Registers in the core may hold what the program copied last.
  TempDirectory core_folder_{TempDirectory::LeakSearch::kNo};
  std::string core_;
};

class MaskedCoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_core(); !why.empty()) GTEST_SKIP() << why;
  }
};

TEST_F(MaskedCoreTest, TheJournalsPagesInTheCoreOfAnAbortedProgramAreMasked) {
  const AbortedProgram program(true);
  if (!program.has_core()) GTEST_SKIP() << "the machine wrote no core; see ulimit -Hc";
  const std::string pages = program.search_journal();
  EXPECT_NE(pages.find(kMarker), std::string::npos) << pages.size() << " bytes of the journal";
  EXPECT_NE(pages.find("[email]"), std::string::npos);
}

TEST_F(MaskedCoreTest, AnAddressThatAClientDoesNotMaskIsFoundInTheJournalsPages) {
  const test::AllowLeaks allow("the client of this test does not mask e-mail addresses");
  const AbortedProgram program(false);
  if (!program.has_core()) GTEST_SKIP() << "the machine wrote no core; see ulimit -Hc";
  program.search_journal();
  const auto leaks = test::take_leaks();
  EXPECT_THAT(leaks, Contains(Field(&Leak::where, StartsWith("core: "))));
  EXPECT_THAT(leaks, Each(Field(&Leak::kind, StartsWith("e-mail")))) << test::to_string(leaks);
}

}  // namespace
}  // namespace penstock
