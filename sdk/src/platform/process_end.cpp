#include "platform/process_end.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "platform/fork_guard.hpp"

namespace penstock::platform {
namespace {

// Those of one process. A child of fork() begins a new list: its parent's may be locked for ever.
struct Listeners {
  const ForkGuard made_here;
  std::mutex mutex;
  bool process_ends = false;  // guarded by mutex, as the next
  std::vector<std::weak_ptr<ProcessEnd::Listener>> all;
  Listeners* parents = nullptr;  // kept, so that no leak checker takes it for lost
};

// Never destroyed: other handlers may come after ours.
std::atomic<Listeners*> current{nullptr};

void tell_all() noexcept {
  Listeners* const listeners = current.load();
  if (listeners == nullptr || !listeners->made_here.same_process()) return;
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
  Listeners* found = current.load();
  while (found == nullptr || !found->made_here.same_process()) {
    auto made = std::make_unique<Listeners>();
    made->parents = found;
    if (!current.compare_exchange_strong(found, made.get())) continue;
    Listeners* const before = std::exchange(found, made.release());
    // A child has its parent's handlers.
    if (before == nullptr && std::atexit(tell_all) != 0) throw std::bad_alloc();
  }
  return *found;
}

}  // namespace

bool ProcessEnd::has_begun() noexcept {
  Listeners* const listeners = current.load();
  if (listeners == nullptr || !listeners->made_here.same_process()) return false;
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
