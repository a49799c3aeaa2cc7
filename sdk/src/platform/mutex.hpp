// A mutex whose use clang checks (-Wthread-safety, in each build with clang): which lock guards
// which member, and which lock a function needs. With other compilers the annotations are empty.
#pragma once

#include <mutex>

#ifdef __clang__
#define PENSTOCK_THREAD_SAFETY(annotation) __attribute__((annotation))
#else
#define PENSTOCK_THREAD_SAFETY(annotation)
#endif

// Of a member: only who holds `mutex` may touch it.
#define PENSTOCK_GUARDED_BY(mutex) PENSTOCK_THREAD_SAFETY(guarded_by(mutex))
// Of a function: the caller holds `mutex`.
#define PENSTOCK_REQUIRES(...) PENSTOCK_THREAD_SAFETY(requires_capability(__VA_ARGS__))
// Of a function: the caller does not hold `mutex`, which the function takes.
#define PENSTOCK_EXCLUDES(...) PENSTOCK_THREAD_SAFETY(locks_excluded(__VA_ARGS__))
// Of a function that returns a reference to `mutex`.
#define PENSTOCK_RETURNS_MUTEX(mutex) PENSTOCK_THREAD_SAFETY(lock_returned(mutex))

namespace penstock::platform {

class PENSTOCK_THREAD_SAFETY(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() PENSTOCK_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
  bool try_lock() PENSTOCK_THREAD_SAFETY(try_acquire_capability(true)) { return mutex_.try_lock(); }
  void unlock() PENSTOCK_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a mutex as long as it lives.
class PENSTOCK_THREAD_SAFETY(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PENSTOCK_THREAD_SAFETY(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() PENSTOCK_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace penstock::platform
