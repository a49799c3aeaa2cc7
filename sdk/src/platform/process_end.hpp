// Tells whoever wants to know that the process ends by exit(), while everything is still there.
#pragma once

#include <memory>

namespace penstock::platform {

// Any thread.
class ProcessEnd {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // On the thread that called exit() (or dlclose(), if this code is in what is unloaded). Others
    // may run, and use the listener, as before.
    virtual void process_ends() noexcept = 0;
    // The same once more, when all have been told.
    virtual void all_were_told() noexcept = 0;

   protected:
    Listener() = default;
    Listener(const Listener&) = default;
    Listener& operator=(const Listener&) = default;
  };

  // Handlers run in the reverse order of their registration: so what the listener uses, and has
  // handlers of its own, must have been used before the first call. Not in a child that fork()
  // made, unless the child has called it. False if the process ends already. Throws std::bad_alloc.
  static bool listen(const std::shared_ptr<Listener>& listener);

  static bool has_begun() noexcept;
};

}  // namespace penstock::platform
