#include "transport/shared_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "https/tls_gate.hpp"
#include "platform/per_process.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;
using platform::MutexLock;

// The host's signal handlers must not run on our thread.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    // But for what a fault of ours would raise: that is for the host's crash reporter.
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
      sigdelset(&blocked, fault);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

struct Threads {
  platform::Mutex mutex;
  std::vector<std::weak_ptr<SharedThread>> all PENSTOCK_GUARDED_BY(mutex);
};

platform::PerProcess<Threads> of_process;

}  // namespace

// --- Who shares which ---------------------------------------------------------------------------

Result<SharedThread::Place> SharedThread::take_place(const https::Settings& settings) {
  auto tls = https::ClientTls::create(settings);  // also for plain HTTP: a proxy may want it
  if (!tls) return tls.status();
  Threads& threads = of_process.get();
  const MutexLock lock(threads.mutex);
  std::erase_if(threads.all, [](const auto& each) { return each.expired(); });
  for (const auto& each : threads.all) {
    auto thread = each.lock();
    if (thread && thread->reserve_place(settings, **tls)) return Place(std::move(thread));
  }
  auto made = std::make_shared<SharedThread>(settings, *std::move(tls));
  if (Status status = made->bell_.status(); !status) return status;
  threads.all.push_back(made);
  return Place(std::move(made));
}

SharedThread::SharedThread(const https::Settings& settings, std::shared_ptr<https::ClientTls> tls)
    : endpoint_(settings.endpoint),
      proxy_(settings.proxy),
      may_be_shared_(!settings.proxy_for_url),  // who knows where that leads?
      tls_(std::move(tls)) {}

SharedThread::~SharedThread() {
  if (thread_.joinable()) thread_.detach();  // the last one that held it is the thread itself
}

bool SharedThread::reserve_place(const https::Settings& settings,
                                 const https::ClientTls& tls) noexcept {
  if (!may_be_shared_ || settings.proxy_for_url || endpoint_ != settings.endpoint ||
      proxy_ != settings.proxy) {
    return false;
  }
  const MutexLock lock(mutex_);
  if (ended_ || !tls_->same_as(tls)) return false;
  ++places_;
  changed_.notify_all();
  return true;
}

void SharedThread::give_place_back() noexcept {
  std::thread last;
  std::shared_ptr<https::ClientTls> tls;  // not destroyed under the lock
  {
    const MutexLock lock(mutex_);
    if (--places_ != 0) return;
    if (thread_.joinable() && thread_.get_id() == std::this_thread::get_id())
      return;  // ends by itself
    if (!thread_.joinable()) ended_ = true;
    bell_.ring();
    // Or it goes on for somebody who came meanwhile
    while (!ended_ && places_ == 0) changed_.wait(mutex_);
    if (!ended_) return;
    last = std::move(thread_);
    tls = std::move(tls_);
  }
  if (last.joinable()) last.join();
}

void SharedThread::add(std::shared_ptr<Served> client) {
  const MutexLock lock(mutex_);
  clients_.push_back(std::move(client));
  changed_.notify_all();
  if (thread_.joinable()) return bell_.ring();
  const SignalsBlocked blocked;  // the thread inherits it
  try {
    thread_ = std::thread([self = shared_from_this()] { self->run(); });
  } catch (...) {
    clients_.pop_back();
    throw;
  }
}

void SharedThread::remove(const Served& client) noexcept {
  std::shared_ptr<Served> gone;  // not destroyed under the lock
  const MutexLock lock(mutex_);
  const auto found = std::find_if(clients_.begin(), clients_.end(),
                                  [&](const auto& each) { return each.get() == &client; });
  if (found == clients_.end()) return;
  gone = std::move(*found);
  clients_.erase(found);
}

void SharedThread::abandon(Served& client) noexcept {
  {
    const MutexLock lock(mutex_);
    client.abandoned = true;
  }
  bell_.ring();
}

// --- The thread ---------------------------------------------------------------------------------

void SharedThread::run() noexcept {
  pthread_setname_np(pthread_self(), "penstock-sender");
  for (;;) {
    if (let_abandoned_go()) continue;
    TimePoint next = TimePoint::max();
    Served* due = nullptr;
    {
      const MutexLock lock(mutex_);
      if (places_ == 0) {
        ended_ = true;
        changed_.notify_all();
        return;
      }
      due = next_due(next);
    }
    if (due != nullptr)
      serve(*due);
    else
      bell_.wait_until(next);
  }
}

Served* SharedThread::next_due(TimePoint& next) {
  const TimePoint now = Clock::now();
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const std::size_t index = (turn_ + i) % clients_.size();
    Served& client = *clients_[index];
    if (client.control.stop_requested()) continue;  // is about to leave
    const bool is_due = client.control.doorbell().take_ring() || client.next <= now;
    if (!is_due) {
      next = std::min(next, client.next);
    } else if (client.control.begin_service()) {  // else it has left
      turn_ = index + 1;                          // each has its turn
      return &client;
    }
  }
  return nullptr;
}

void SharedThread::serve(Served& client) noexcept {
  in_service_ = &client;
  client.next = client.sender->step();
  in_service_ = nullptr;
  if (client.control.stop_requested()) client.sender->disconnect();
  client.control.end_service();
}

bool SharedThread::let_abandoned_go() noexcept {
  std::shared_ptr<Served> gone;
  {
    const MutexLock lock(mutex_);
    const auto found = std::find_if(clients_.begin(), clients_.end(),
                                    [](const auto& each) { return each->abandoned; });
    if (found == clients_.end()) return false;
    gone = std::move(*found);
    clients_.erase(found);
  }
  bool now_left = false;
  static_cast<void>(gone->control.leave(Clock::now(), now_left));
  if (now_left) gone->sender->disconnect();
  return true;
}

// The one whose server keeps the thread waiting, and all the others.
Clock::time_point SharedThread::while_waiting() noexcept {
  bell_.silence();
  TimePoint next = in_service_->sender->tend();
  for (std::size_t i = 0;; ++i) {
    Served* other = nullptr;
    {
      const MutexLock lock(mutex_);
      if (i >= clients_.size()) return next;
      Served& client = *clients_[i];
      if (&client == in_service_ || client.abandoned || !client.control.begin_service()) continue;
      other = &client;
    }
    next = std::min(next, other->sender->tend_aside());
    other->control.end_service();
  }
}

}  // namespace penstock::transport
