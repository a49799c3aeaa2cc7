// The flows that a thread is in, so that its events carry the correlationId of the innermost one.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace penstock {

// What the flows of one client share: by its address, flows of other clients are told apart.
struct FlowOwner {
  std::atomic<std::uint64_t> misused{0};  // flows that were ended by another thread
};

// One flow on one thread, or a detached one: on none.
struct FlowFrame {
  FlowFrame(std::shared_ptr<FlowOwner> of, std::string json,
            std::thread::id on = std::this_thread::get_id())
      : owner(std::move(of)), correlation(std::move(json)), thread(on) {}

  bool detached() const noexcept { return thread == std::thread::id(); }

  const std::shared_ptr<FlowOwner> owner;
  const std::string correlation;  // a JSON string with its quotes, masked
  const std::thread::id thread;
  std::atomic<bool> ended{false};
};

// The calling thread's. A frame stays as long as its thread may look at it, whoever has ended it.
namespace flow_stack {

// `frame` is the innermost one now. Throws std::bad_alloc.
void push(std::shared_ptr<FlowFrame> frame);
// It is no more. Whoever else is in between stays. On another thread than the frame's: counted as
// misuse; and the frame's thread sees that it has ended. A detached one, any thread may end.
void end(FlowFrame& frame) noexcept;
// The correlation of the innermost flow of `owner`; empty for none. Valid until the next push() or
// end() of this thread. No lock, no allocation.
std::string_view correlation(const FlowOwner& owner) noexcept;

}  // namespace flow_stack
}  // namespace penstock
