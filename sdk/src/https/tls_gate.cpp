#include "https/tls_gate.hpp"

#include <pthread.h>

#include <atomic>
#include <new>
#include <shared_mutex>

namespace penstock::https {
namespace {

using Gate = std::shared_mutex;

std::atomic<bool> closed_for_good{false};

// Shared by all that are inside; fork() has it alone. Never destroyed, as threads may outlive
// static objects.
Gate& gate() {
  static Gate* const made = [] {
    auto* const gate = new Gate;
    const auto lock = [] {
      if (!closed_for_good) https::gate().lock();
    };
    const auto unlock = [] {
      if (!closed_for_good) https::gate().unlock();
    };
    // Made anew in the child, where this thread has another id, and is not who has locked it.
    const auto renew = [] {
      if (!closed_for_good) new (&https::gate()) Gate;
    };
    if (::pthread_atfork(lock, unlock, renew) != 0) throw std::bad_alloc();
    return gate;
  }();
  return *made;
}

thread_local bool is_inside = false;

}  // namespace

InsideTls::InsideTls() : was_inside_(is_inside) {
  if (was_inside_) return;
  gate().lock_shared();
  is_inside = true;
}

InsideTls::~InsideTls() {
  if (was_inside_) return;
  is_inside = false;
  gate().unlock_shared();
}

void close_tls_for_good() {
  if (closed_for_good) return;
  gate().lock();
  closed_for_good = true;
}

bool is_tls_closed_for_good() noexcept { return closed_for_good; }

OutsideTls::OutsideTls() : was_inside_(is_inside) {
  if (!was_inside_) return;
  is_inside = false;
  gate().unlock_shared();
}

OutsideTls::~OutsideTls() {
  if (!was_inside_) return;
  gate().lock_shared();
  is_inside = true;
}

}  // namespace penstock::https
