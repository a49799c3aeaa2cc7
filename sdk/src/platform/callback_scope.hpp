// Says that this thread runs the program's own code, called by us: that code must not wait for the
// thread that it runs on.
#pragma once

namespace penstock::platform {

class CallbackScope {
 public:
  CallbackScope() noexcept { ++depth_; }
  ~CallbackScope() { --depth_; }
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;

  static bool is_open() noexcept { return depth_ != 0; }

 private:
  inline static thread_local int depth_ = 0;
};

}  // namespace penstock::platform
