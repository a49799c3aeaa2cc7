// An object for the whole process, made when it is first asked for. A child of fork() begins with a
// new one: its parent's may be locked for ever.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "platform/fork_guard.hpp"

namespace penstock::platform {

// Any thread. Never destroyed, for threads and handlers of exit() may outlast static objects. A
// static object of static storage alone.
template <typename T>
class PerProcess {
 public:
  // Null: this process has not asked for it yet.
  T* find() const noexcept {
    Made* const made = current_.load();
    return made != nullptr && made->here.same_process() ? &made->object : nullptr;
  }

  // `is_first`: no process before this one, along the line of its parents, had one. Throws
  // std::bad_alloc.
  T& get(bool& is_first) {
    Made* found = current_.load();
    is_first = false;
    while (found == nullptr || !found->here.same_process()) {
      auto made = std::make_unique<Made>();
      made->parents = found;
      if (!current_.compare_exchange_strong(found, made.get())) continue;
      is_first = found == nullptr;
      found = made.release();
    }
    return found->object;
  }
  T& get() {
    bool is_first = false;
    return get(is_first);
  }

 private:
  struct Made {
    const ForkGuard here;
    T object;
    Made* parents = nullptr;  // kept, so that no leak checker takes it for lost
  };
  std::atomic<Made*> current_{nullptr};
};

}  // namespace penstock::platform
