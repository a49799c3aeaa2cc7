#include "platform/process_end.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "platform/per_process.hpp"

namespace penstock::platform {
namespace {

struct Listeners {
  std::mutex mutex;
  bool process_ends = false;  // guarded by mutex, as the next
  std::vector<std::weak_ptr<ProcessEnd::Listener>> all;
};

PerProcess<Listeners> of_process;

void tell_all() noexcept {
  Listeners* const listeners = of_process.find();
  if (listeners == nullptr) return;
  std::vector<std::weak_ptr<ProcessEnd::Listener>> all;
  {
    const std::lock_guard lock(listeners->mutex);
    listeners->process_ends = true;
    all = std::exchange(listeners->all, {});
  }
  for (const auto& each : all) {
    if (const auto listener = each.lock()) listener->process_ends();
  }
  for (const auto& each : all) {
    if (const auto listener = each.lock()) listener->all_were_told();
  }
}

Listeners& of_this_process() {
  bool is_first = false;
  Listeners& listeners = of_process.get(is_first);
  // A child has its parent's handlers.
  if (is_first && std::atexit(tell_all) != 0) throw std::bad_alloc();
  return listeners;
}

}  // namespace

bool ProcessEnd::has_begun() noexcept {
  Listeners* const listeners = of_process.find();
  if (listeners == nullptr) return false;
  const std::lock_guard lock(listeners->mutex);
  return listeners->process_ends;
}

bool ProcessEnd::listen(const std::shared_ptr<Listener>& listener) {
  Listeners& listeners = of_this_process();
  const std::lock_guard lock(listeners.mutex);
  if (listeners.process_ends) return false;
  std::erase_if(listeners.all, [](const auto& each) { return each.expired(); });
  listeners.all.push_back(listener);
  return true;
}

}  // namespace penstock::platform
