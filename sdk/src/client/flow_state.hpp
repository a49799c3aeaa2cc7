// What a Flow holds.
#pragma once

#include <memory>
#include <string>

#include "event/flow_stack.hpp"
#include "penstock/penstock.hpp"
#include "platform/clock.hpp"

namespace penstock {

// The opener's; a flow that was joined has no process.
struct Flow::State {
  std::shared_ptr<FlowFrame> frame;
  std::string process;
  platform::Clock::time_point started;

  ~State() { flow_stack::end(*frame); }
};

}  // namespace penstock
