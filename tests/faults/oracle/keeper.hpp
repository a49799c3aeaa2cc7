// Kills one process at its moments and starts it again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace penstock::oracle {

// One process that may be killed.
struct Prey {
  const char* name;
  double weight;  // how often it is killed, beside the others
  std::function<void()> kill, restart;
};

// In a thread of its own. The thread stays until `finished`: the kernel ends children with the
// thread that started them. `killed` is counted down after the last kill.
class Keeper {
 public:
  Keeper(Prey prey, std::vector<std::chrono::milliseconds> moments, std::latch& killed,
         std::latch& finished);
  ~Keeper() { thread_.join(); }

  const char* name() const { return prey_.name; }
  // Only once `killed` has been counted down.
  std::uint64_t kills() const { return kills_; }
  // What ended the killing early; else empty.
  const std::string& problem() const { return problem_; }

 private:
  void kill_and_restart();

  const Prey prey_;
  const std::vector<std::chrono::milliseconds> moments_;
  std::uint64_t kills_ = 0;
  std::string problem_;
  std::thread thread_;
};

}  // namespace penstock::oracle
