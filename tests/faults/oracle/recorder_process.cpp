#include "faults/oracle/recorder_process.hpp"

#include <stdexcept>

#include "faults/oracle/progress_file.hpp"
#include "support/tree.hpp"

namespace penstock::oracle {

std::string recorder_program() {
  return test::build_tree() / "tests/faults/oracle/penstock-oracle-recorder";
}

RecorderProcess::RecorderProcess(std::string name, const std::filesystem::path& work,
                                 std::uint64_t rate, Endpoint endpoint)
    : name_(std::move(name)), work_(work), rate_(rate), endpoint_(std::move(endpoint)) {}

void RecorderProcess::start() {
  const std::string run = name_ + "-" + std::to_string(++runs_);
  const auto progress = work_ / (run + ".progress");
  process_.emplace(
      test::Command{{recorder_program(), "record", work_ / "journal", endpoint_.base_url,
                     endpoint_.write_key, endpoint_.ca_file, progress, run, std::to_string(rate_)},
                    {},
                    work_ / (name_ + ".log")});
  progress_[run] = progress;
}

void RecorderProcess::kill() {
  if (!process_->running())
    throw std::runtime_error("recorder " + name_ + " ended by itself; see its log");
  process_->kill();
}

void RecorderProcess::append_claims(std::vector<Claim>& claims, std::uint64_t& refused) const {
  for (const auto& [run, path] : progress_) {
    ProgressFile file(path);
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      ThreadProgress& progress = file.of_thread(thread);
      claims.push_back(
          {run + "." + std::to_string(thread), progress.intended.load(), progress.returned.load()});
      refused += progress.refused.load();
    }
  }
}

}  // namespace penstock::oracle
