// The public class: hands each call to the part that it is for, and lets nothing throw into the
// host. The path of an event is in recorder.cpp.

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "client/client_impl.hpp"
#include "client/flow_state.hpp"

namespace penstock {
namespace {

constexpr std::chrono::milliseconds kDestructorBound{2000};

// A timeout that can be added to a clock's time: std::chrono::milliseconds::max() cannot.
std::chrono::milliseconds within_clocks(std::chrono::milliseconds timeout) {
  return std::clamp<std::chrono::milliseconds>(timeout, std::chrono::milliseconds(0),
                                               std::chrono::hours(24 * 365));
}

}  // namespace

Flow::Flow(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Flow::Flow(Flow&& other) noexcept = default;
Flow& Flow::operator=(Flow&& other) noexcept = default;
Flow::~Flow() = default;

std::string_view Flow::correlation_id() const noexcept {
  if (!state_ || state_->frame->ended.load()) return {};
  return state_->id;
}

Client::Client(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Client::Client(Client&& other) noexcept = default;

Client& Client::operator=(Client&& other) noexcept {
  Client old(std::move(*this));  // closed when this goes
  impl_ = std::move(other.impl_);
  return *this;
}

Client::~Client() {
  if (!impl_) return;
  if (!Impl::usable(impl_)) {
    Impl::leave_to_parent(std::move(impl_));
    return;
  }
  const platform::NoCancellation whole;
  static_cast<void>(close(kDestructorBound));
  impl_.reset();
}

Result<Client> Client::open(const Options& options) noexcept try {
  const platform::NoCancellation whole;
  auto impl = Impl::open(options);
  if (!impl) return impl.status();
  return Client(*std::move(impl));
} catch (const std::bad_alloc&) {
  return Status(StatusCode::kOutOfMemory, {});
} catch (...) {
  return Status(StatusCode::kInternal, {});
}

Status Client::track(const Event& event) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().track(event); });
}

Status Client::track_json(std::string_view event) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().track_json(event); });
}

Status Client::set_user(std::string_view user_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().set_user(user_id); });
}

Status Client::set_session(std::string_view session_id) noexcept {
  return Impl::call(impl_, [&](Impl& impl) { return impl.recorder().set_session(session_id); });
}

Status Client::start_session(std::string_view session_id) noexcept {
  return Impl::call_whole(impl_,
                          [&](Impl& impl) { return impl.recorder().start_session(session_id); });
}

Status Client::end_session() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.recorder().end_session(); });
}

Status Client::enter_page(std::string_view page_id) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.recorder().enter_page(page_id); });
}

Status Client::leave_page() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.recorder().leave_page(); });
}

Status Client::pause() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) {
    impl.recorder().pause();
    return Status();
  });
}

Status Client::resume() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) {
    impl.recorder().resume();
    return Status();
  });
}

Result<Flow> Client::start_flow(std::string_view process, std::string_view correlation) noexcept {
  return Impl::call_for<Flow>(impl_, [&](Impl& impl) {
    return impl.flows().start(process, correlation, Flows::Place::kThisThread);
  });
}

Result<Flow> Client::start_detached_flow(std::string_view process,
                                         std::string_view correlation) noexcept {
  return Impl::call_for<Flow>(impl_, [&](Impl& impl) {
    return impl.flows().start(process, correlation, Flows::Place::kDetached);
  });
}

Result<Flow> Client::join_flow(const Flow& flow) noexcept {
  return Impl::call_for<Flow>(impl_, [&](Impl& impl) { return impl.flows().join(flow); });
}

Status Client::complete_flow(Flow& flow, Event::Outcome outcome) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.flows().complete(flow, outcome); });
}

Status Client::flush(std::chrono::milliseconds timeout) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.flush(within_clocks(timeout)); });
}

Status Client::close(std::chrono::milliseconds timeout) noexcept {
  if (!impl_) return {};
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.close(within_clocks(timeout)); });
}

Status Client::set_consent(Consent consent) noexcept {
  return Impl::call_whole(impl_, [&](Impl& impl) { return impl.set_consent(consent); });
}

Consent Client::consent() const noexcept {
  return Impl::usable(impl_) ? impl_->consent() : Consent::kUnknown;
}

Status Client::forget() noexcept {
  return Impl::call_whole(impl_, [](Impl& impl) { return impl.forget(); });
}

std::vector<LedgerRow> Client::ledger() const noexcept try {
  const platform::NoCancellation whole;
  return Impl::usable(impl_) ? impl_->ledger() : std::vector<LedgerRow>();
} catch (...) {
  return {};
}

Stats Client::stats() const noexcept try {
  return Impl::usable(impl_) ? impl_->stats() : Stats();
} catch (...) {
  return Stats();
}

}  // namespace penstock
