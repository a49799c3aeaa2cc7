// A pthread_cancel() that is pending must not unwind our calls: they promise not to throw.
#pragma once

#include <pthread.h>

namespace penstock::platform {

// No system call is a cancellation point within its scope; the cancellation acts at the next one
// behind it. Any thread.
class NoCancellation {
 public:
  NoCancellation() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~NoCancellation() { ::pthread_setcancelstate(before_, nullptr); }
  NoCancellation(const NoCancellation&) = delete;
  NoCancellation& operator=(const NoCancellation&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace penstock::platform
