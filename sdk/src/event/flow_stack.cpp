#include "event/flow_stack.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace penstock::flow_stack {
namespace {

using Frames = std::vector<std::shared_ptr<FlowFrame>>;

// A plain pointer, which can be looked at also by what runs when the thread's objects are gone.
thread_local const Frames* frames_of_thread = nullptr;

struct Stack {
  Stack() noexcept { frames_of_thread = &frames; }
  ~Stack() { frames_of_thread = nullptr; }
  Frames frames;
};

Frames& frames_here() {
  thread_local Stack stack;
  return stack.frames;
}

}  // namespace

void push(std::shared_ptr<FlowFrame> frame) {
  Frames& frames = frames_here();
  frames.erase(std::remove_if(frames.begin(), frames.end(),
                              [](const auto& each) { return each->ended.load(); }),
               frames.end());
  frames.push_back(std::move(frame));
}

void end(FlowFrame& frame) noexcept {
  if (frame.ended.exchange(true) || frame.detached()) return;
  if (frame.thread != std::this_thread::get_id()) {
    frame.owner->misused.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (frames_of_thread == nullptr) return;
  Frames& frames = frames_here();
  const auto found = std::find_if(frames.begin(), frames.end(),
                                  [&](const auto& each) { return each.get() == &frame; });
  if (found != frames.end()) frames.erase(found);
}

std::string_view correlation(const FlowOwner& owner) noexcept {
  if (frames_of_thread == nullptr) return {};
  for (auto frame = frames_of_thread->rbegin(); frame != frames_of_thread->rend(); ++frame) {
    if ((*frame)->owner.get() == &owner && !(*frame)->ended.load(std::memory_order_relaxed))
      return (*frame)->correlation;
  }
  return {};
}

}  // namespace penstock::flow_stack
