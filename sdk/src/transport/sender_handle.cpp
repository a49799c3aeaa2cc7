#include "transport/sender_handle.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "https/tls_gate.hpp"
#include "penstock/version.h"
#include "platform/process_end.hpp"
#include "transport/shared_thread.hpp"

namespace penstock::transport {
namespace {

using platform::Clock;

// Of the time that stop() has, so much is kept back for the thread to unwind after its request was
// cut off: with it done, the caller's next open finds the folder unlocked.
constexpr std::chrono::milliseconds kUnwindTime{50};
constexpr std::chrono::seconds kLastWait{2};
// How long exit() waits for what was recorded last to be sent, as ~Client does; but not if the last
// request failed.
constexpr std::chrono::seconds kExitWait{2};

https::Settings https_settings(const Options& options) {
  https::Settings settings;
  settings.endpoint = options.endpoint;
  settings.authorization = "Bearer " + options.write_key;
  settings.user_agent = "penstock-cpp/" PENSTOCK_VERSION;
  settings.proxy = options.proxy;
  settings.proxy_for_url = options.proxy_for_url;
  settings.ca_file = options.ca_file;
  settings.ca_pem = options.ca_pem;
  settings.pinned_public_keys = options.pinned_public_keys;
  settings.client_certificate_file = options.client_certificate_file;
  settings.client_key_file = options.client_key_file;
  settings.dangerously_disable_tls_verification = options.dangerously_disable_tls_verification;
  settings.connect_timeout = options.connect_timeout;
  settings.request_timeout = options.request_timeout;
  return settings;
}

}  // namespace

// Held by the SenderHandle, and by the thread as long as it serves it.
struct SenderHandle::Shared final : Served,
                                    platform::ProcessEnd::Listener,
                                    std::enable_shared_from_this<SenderHandle::Shared> {
  explicit Shared(SharedThread::Place taken) noexcept
      : Served(taken.bell()), place(std::move(taken)) {}

  // OpenSSL tears itself down in a handler of exit(), also under a thread that is in TLS. So the
  // sender ends before that; events are taken and kept as before.
  void process_ends() noexcept override;
  void all_were_told() noexcept override;

  SharedThread::Place place;
  std::shared_ptr<consent::ConsentGate> consent;
};

Result<std::unique_ptr<SenderHandle>> SenderHandle::start(
    const Options& options, std::string context_json, Source own,
    std::shared_ptr<consent::ConsentGate> consent, consent::ErasureQueue erasures,
    const platform::TimeSource& time) noexcept try {
  const auto too_late = [] {
    return Status(StatusCode::kClosed, "the process is ending by exit(); open a client before");
  };
  if (platform::ProcessEnd::has_begun()) return too_late();  // behind it TLS is closed
  const https::Settings settings = https_settings(options);
  auto place = SharedThread::take_place(settings);
  if (!place) return place.status();
  auto shared = std::make_shared<Shared>(*std::move(place));
  shared->consent = std::move(consent);
  if (Status status = shared->control.socket_wait().status(); !status) return status;
  auto client = https::Client::create(settings, shared->place.tls(), shared->control.socket_wait());
  if (!client) return client.status();
  shared->sender.emplace(options, std::move(context_json), std::move(own), *std::move(client),
                         *shared->consent, std::move(erasures), shared->control,
                         shared->place.duty(), time);
  {
    const https::InsideTls inside;
    OPENSSL_init_crypto(0, nullptr);  // registers its handler, which runs after ours then
  }
  if (!platform::ProcessEnd::listen(shared)) return too_late();
  std::unique_ptr<SenderHandle> sender_handle(new SenderHandle(shared));
  shared->place.serve(shared);
  return sender_handle;
} catch (const std::bad_alloc&) {
  return Status(StatusCode::kOutOfMemory, {});
} catch (const std::system_error&) {
  return Status(StatusCode::kInternal,
                "the system starts no thread; is its limit of threads reached?");
} catch (...) {
  return Status(StatusCode::kInternal, {});
}

void SenderHandle::Shared::process_ends() noexcept {
  SenderHandle last(shared_from_this());
  if (const auto& sessions = sender->sources().own().sessions) {
    static_cast<void>(sessions->close());
  }
  if (last.stats().state == SenderState::kRunning) static_cast<void>(last.flush(kExitWait));
  static_cast<void>(last.stop(Clock::now()));
  static_cast<void>(last.stop(Clock::now() + kLastWait));
}

// A sender that the disk has held up all the time meets a closed gate.
void SenderHandle::Shared::all_were_told() noexcept { https::close_tls_for_good(); }

SenderHandle::SenderHandle(std::shared_ptr<Shared> shared) noexcept : shared_(std::move(shared)) {}

SenderHandle::~SenderHandle() {
  static_cast<void>(stop(Clock::now()));
  static_cast<void>(stop(Clock::now() + kLastWait));  // what was cut off comes back soon
  if (!shared_->control.has_left()) shared_->place.abandon(*shared_);
}

void SenderHandle::replace_context(std::string context_json) {
  shared_->control.replace_context(std::move(context_json));
}

journal::Journal& SenderHandle::journal() noexcept {
  return *shared_->sender->sources().own().journal;
}
Status SenderHandle::restore_if_gone() noexcept {
  return shared_->sender->sources().restore_own_if_gone();
}
Doorbell& SenderHandle::doorbell() noexcept { return shared_->control.doorbell(); }

SenderStats SenderHandle::stats() const noexcept try {
  SenderStats stats = shared_->control.stats();
  stats.totals += shared_->sender->sources().own().since();
  return stats;
} catch (...) {
  return {};  // no memory for the message
}

void SenderHandle::consent_changed() noexcept { shared_->control.doorbell().wake(); }

Status SenderHandle::clean_up(wire::DropReason reason,
                              std::chrono::steady_clock::time_point deadline) noexcept try {
  const std::uint64_t number = shared_->control.request_cleanup(reason);
  const bool done = shared_->control.wait_until(
      deadline, [number](const SenderStats& stats, bool thread_finished) {
        return thread_finished || stats.cleanups >= number;
      });
  if (done) return {};
  return {
      StatusCode::kTimeout,
      "what earlier runs left is not deleted yet, since the system keeps the sender waiting; it "
      "will be, and nothing is sent before"};
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

Status SenderHandle::flush(std::chrono::milliseconds timeout) noexcept try {
  if (!shared_->consent->may_send()) {
    return {StatusCode::kNotAllowed,
            "there is no consent to send what was recorded; see Client::set_consent()"};
  }
  const auto deadline = Clock::now() + timeout;
  const std::uint64_t target = journal().last_seq();
  const std::uint64_t number = shared_->control.request_flush(target);

  const auto all_sent = [target](const SenderStats& stats) {
    return stats.recovered && stats.orphans_pending == 0 && stats.settled_seq >= target;
  };
  // Since this flush, not before.
  const auto is_refused = [number](const SenderStats& stats) {
    return stats.state == SenderState::kRefused && stats.refused_flushes >= number;
  };
  bool finished = false;
  shared_->control.wait_until(deadline, [&](const SenderStats& stats, bool thread_finished) {
    finished = thread_finished;
    return finished || is_refused(stats) || (stats.flushes_seen >= number && all_sent(stats));
  });

  // Without the time to look for more, what is known of counts.
  const SenderStats now = shared_->control.stats();
  if (all_sent(now)) return {};
  if (is_refused(now)) return {StatusCode::kRefused, now.message};
  if (finished)
    return {StatusCode::kClosed,
            "the sender has ended; what is not sent yet is sent after the next open"};
  return {StatusCode::kTimeout,
          now.message.empty()
              ? "not everything was acknowledged in time; it is kept, and the sender goes on"
              : "not everything was acknowledged in time: " + now.message};
} catch (...) {
  return {StatusCode::kOutOfMemory, {}};
}

Status SenderHandle::stop(std::chrono::steady_clock::time_point deadline) noexcept try {
  SenderControl& control = shared_->control;
  control.request_stop();
  const auto time_left = std::max(deadline - Clock::now(), Clock::duration::zero());
  bool now_left = false;
  const bool cut_off =
      !control.leave(deadline - std::min<Clock::duration>(kUnwindTime, time_left / 4), now_left);
  if (cut_off) {
    control.socket_wait().cancel();
    static_cast<void>(control.leave(deadline, now_left));
  }
  if (now_left) {
    shared_->sender->disconnect();
    shared_->place.part(*shared_);
  }
  if (!cut_off) return {};
  return {StatusCode::kTimeout, "the request that was under way was cut off; its events are kept"};
} catch (...) {
  return {StatusCode::kInternal, {}};
}

}  // namespace penstock::transport
