// The thread that sends for all clients of this process that reach the same gateway in the same
// way. They also share one TLS context; each has a connection of its own.
//
// Not one thread for all gateways: a gateway that does not answer keeps its thread for as long as
// connect_timeout and request_timeout say, and the others' clients need not wait for that.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "https/client_tls.hpp"
#include "https/settings.hpp"
#include "https/socket_wait.hpp"
#include "penstock/status.hpp"
#include "platform/clock.hpp"
#include "platform/mutex.hpp"
#include "transport/bell.hpp"
#include "transport/sender.hpp"
#include "transport/sender_control.hpp"

namespace penstock::transport {

// A client, as the thread serves it.
struct Served {
  explicit Served(Bell& bell) noexcept : control(bell) {}

  SenderControl control;
  std::optional<Sender> sender;  // the thread's between control.begin_service() and end_service()
  platform::Clock::time_point next = platform::Clock::time_point::min();  // the thread's
  bool abandoned = false;  // guarded by the thread's mutex: nobody else has it any more
};

// Any thread, but for what it says itself.
class SharedThread final : public https::WhileWaiting,
                           public std::enable_shared_from_this<SharedThread> {
 public:
  // A client's part in the thread, which goes on until the last place is given back.
  class Place {
   public:
    explicit Place(std::shared_ptr<SharedThread> thread) noexcept : thread_(std::move(thread)) {}
    Place(Place&& other) noexcept
        : thread_(std::move(other.thread_)), given_back_(std::exchange(other.given_back_, true)) {}
    Place& operator=(Place&&) = delete;
    ~Place() { give_back(); }

    // As long as there is the place, also given back.
    Bell& bell() const noexcept { return thread_->bell_; }
    std::shared_ptr<https::ClientTls> tls() const noexcept {
      const platform::MutexLock lock(thread_->mutex_);
      return thread_->tls_;
    }
    // While a server keeps the thread waiting.
    https::WhileWaiting& duty() const noexcept { return *thread_; }

    // From now on `client`, which has its sender, is served. Throws std::bad_alloc, and
    // std::system_error if there is no thread.
    void serve(std::shared_ptr<Served> client) { thread_->add(std::move(client)); }
    // `client` has left, by its control. With the last place the thread ends, and this waits for
    // that: microseconds, since the thread is at nothing. Not for the thread itself.
    void part(const Served& client) noexcept {
      thread_->remove(client);
      give_back();
    }
    // `client` does not leave in time: the thread keeps it until it comes back from there.
    void abandon(Served& client) noexcept { thread_->abandon(client); }

   private:
    void give_back() noexcept {
      if (!std::exchange(given_back_, true)) thread_->give_place_back();
    }
    std::shared_ptr<SharedThread> thread_;
    bool given_back_ = false;
  };

  // In the thread for `settings`, or in a new one. Fails as https::ClientTls::create() does, and
  // with kIo if the system gives no descriptor. Throws std::bad_alloc.
  static Result<Place> take_place(const https::Settings& settings);

  SharedThread(const https::Settings& settings, std::shared_ptr<https::ClientTls> tls);
  ~SharedThread();
  SharedThread(const SharedThread&) = delete;
  SharedThread& operator=(const SharedThread&) = delete;

 private:
  using TimePoint = platform::Clock::time_point;

  // False if it is for others, or has ended.
  bool reserve_place(const https::Settings& settings, const https::ClientTls& tls) noexcept;
  void give_place_back() noexcept;
  void add(std::shared_ptr<Served> client);
  void remove(const Served& client) noexcept;
  void abandon(Served& client) noexcept;

  // --- The thread --------------------------------------------------------------------------------
  void run() noexcept;
  // The next one that there is something to do for, in service; or null, and `next` is when.
  Served* next_due(TimePoint& next) PENSTOCK_REQUIRES(mutex_);
  void serve(Served& client) noexcept;
  bool let_abandoned_go() noexcept;
  TimePoint while_waiting() noexcept override;
  int bell() const noexcept override { return bell_.descriptor(); }

  const std::string endpoint_, proxy_;
  const bool may_be_shared_;
  Bell bell_;
  Served* in_service_ = nullptr;  // the thread's
  std::size_t turn_ = 0;          // the thread's: whom it begins to look at

  platform::Mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t places_ PENSTOCK_GUARDED_BY(mutex_) = 1;
  bool ended_ PENSTOCK_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Served>> clients_ PENSTOCK_GUARDED_BY(mutex_);
  std::thread thread_ PENSTOCK_GUARDED_BY(mutex_);
  // Until the last place is given back: at the end of the process TLS is gone before this object
  std::shared_ptr<https::ClientTls> tls_ PENSTOCK_GUARDED_BY(mutex_);
};

}  // namespace penstock::transport
