#include "transport/tls_gate.hpp"

#include <pthread.h>

#include <new>
#include <shared_mutex>

namespace penstock::transport {
namespace {

using Gate = std::shared_mutex;

// Shared by all that are inside; fork() has it alone. Never destroyed, as threads may outlive static objects.
Gate& gate() {
  static Gate* const made = [] {
    auto* const gate = new Gate;
    const auto lock = [] { transport::gate().lock(); };
    const auto unlock = [] { transport::gate().unlock(); };
    // Made anew in the child, where this thread has another id, and is not who has locked it.
    const auto renew = [] { new (&transport::gate()) Gate; };
    if (::pthread_atfork(lock, unlock, renew) != 0) throw std::bad_alloc();
    return gate;
  }();
  return *made;
}

thread_local bool is_inside = false;

}  // namespace

InsideTls::InsideTls() {
  gate().lock_shared();
  is_inside = true;
}

InsideTls::~InsideTls() {
  is_inside = false;
  gate().unlock_shared();
}

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

}  // namespace penstock::transport
