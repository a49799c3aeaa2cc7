// One program under test (recorder.cpp), run after run, and what it claims to have recorded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "faults/oracle/endpoint.hpp"
#include "faults/oracle/ledger.hpp"
#include "support/child_process.hpp"

namespace penstock::oracle {

std::string recorder_program();

// One thread at a time.
class RecorderProcess {
 public:
  // Its journal, log and progress files lie in `work`. `rate`: events a second of each thread.
  RecorderProcess(std::string name, const std::filesystem::path& work, std::uint64_t rate,
                  Endpoint endpoint);

  void start();
  void kill();  // throws std::runtime_error if the process has ended by itself

  // The claims of all runs, and how often track() refused an event, added to `refused`.
  void append_claims(std::vector<Claim>& claims, std::uint64_t& refused) const;

 private:
  std::string name_;
  std::filesystem::path work_;
  std::uint64_t rate_;
  const Endpoint endpoint_;
  int runs_ = 0;
  std::map<std::string, std::filesystem::path> progress_;
  std::optional<test::ChildProcess> process_;
};

}  // namespace penstock::oracle
