// What a Flow holds.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "event/flow_stack.hpp"
#include "penstock/penstock.hpp"
#include "platform/clock.hpp"

namespace penstock {

// The opener's; a flow that was joined has no process.
struct Flow::State {
  std::shared_ptr<FlowFrame> frame;
  std::string id;  // the frame's correlation, as plain text
  std::string process;
  platform::Clock::time_point started;
  std::atomic<bool> completing{false};

  ~State() { flow_stack::end(*frame); }
};

}  // namespace penstock
