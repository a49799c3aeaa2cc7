#include "faults/oracle/keeper.hpp"

#include <exception>
#include <utility>

namespace penstock::oracle {

Keeper::Keeper(Prey prey, std::vector<std::chrono::milliseconds> moments, std::latch& killed,
               std::latch& finished)
    : prey_(std::move(prey)), moments_(std::move(moments)), thread_([this, &killed, &finished] {
        try {
          kill_and_restart();
        } catch (const std::exception& error) {
          problem_ = std::string(prey_.name) + ": " + error.what();
        }
        killed.count_down();
        finished.wait();
      }) {}

void Keeper::kill_and_restart() {
  const auto begin = std::chrono::steady_clock::now();
  for (const auto moment : moments_) {
    std::this_thread::sleep_until(begin + moment);
    prey_.kill();
    ++kills_;
    prey_.restart();
  }
}

}  // namespace penstock::oracle
