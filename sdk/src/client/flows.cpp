#include "client/flows.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "client/flow_state.hpp"
#include "wire/limits.hpp"
#include "wire/trace_context.hpp"
#include "wire/uuid.hpp"

namespace penstock {
namespace {

Status invalid_flow(const char* why) { return {StatusCode::kInvalidEvent, why}; }

// Of an identifier, whose only escapes are those of '"' and '\\': it has no control characters.
std::string plain_text(std::string_view json) {
  std::string text;
  for (std::size_t i = 1; i + 1 < json.size(); ++i) {
    if (json[i] == '\\') ++i;
    text += json[i];
  }
  return text;
}

}  // namespace

Result<Flow> Flows::start(std::string_view process, std::string_view correlation, Place place) {
  if (process.empty()) return invalid_flow("process is empty; say what the flow does");
  if (process.size() > wire::kIdentifierBytesMax)
    return invalid_flow("process is longer than 256 bytes; use a shorter one");
  char made[wire::kUuidTextBytes];
  if (correlation.empty()) {
    wire::time_uuid(time_.unix_milliseconds()).format(made);
    correlation = {made, sizeof made};
  }
  if (const auto trace = wire::parse_traceparent(correlation)) correlation = trace->trace_id;
  char buffer[Identity::kWritingBytes];
  wire::JsonWriter out(buffer, sizeof buffer);
  if (Status status = recorder_.write_id("correlationId", correlation, out); !status) return status;
  return open(std::string(out.text()), std::string(process), place);
}

Result<Flow> Flows::join(const Flow& flow) {
  if (!lives(flow)) return misuse("the flow has ended, or is another client's");
  return open(flow.state_->frame->correlation, {}, Place::kThisThread);
}

Result<Flow> Flows::open(std::string correlation, std::string process, Place place) {
  auto state = std::make_unique<Flow::State>();
  const auto thread = place == Place::kDetached ? std::thread::id() : std::this_thread::get_id();
  state->id = plain_text(correlation);
  state->frame =
      std::make_shared<FlowFrame>(recorder_.flow_owner(), std::move(correlation), thread);
  state->process = std::move(process);
  state->started = time_.now();
  if (place == Place::kThisThread) flow_stack::push(state->frame);
  return Flow(std::move(state));
}

Status Flows::complete(Flow& flow, Event::Outcome outcome) {
  if (!lives(flow)) return misuse("the flow has ended, or is another client's");
  Flow::State& state = *flow.state_;
  if (state.process.empty())
    return misuse("the flow was joined; complete the one that was started");
  if (!state.frame->detached() && state.frame->thread != std::this_thread::get_id())
    return misuse("the flow was started on another thread; complete it there, or join it here");
  // Two threads may complete a detached flow at once: one of them does.
  if (state.completing.exchange(true)) return misuse("the flow is being completed");
  try {
    Status completed = record_completion(state, outcome);
    if (completed) flow_stack::end(*state.frame);
    state.completing = false;
    return completed;
  } catch (...) {
    state.completing = false;
    throw;
  }
}

Status Flows::record_completion(const Flow::State& state, Event::Outcome outcome) {
  const auto duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - state.started);
  // The innermost one for a moment, whatever was started since.
  const auto frame = std::make_shared<FlowFrame>(recorder_.flow_owner(), state.frame->correlation);
  flow_stack::push(frame);
  Status recorded =
      recorder_.track(Event::process_completion(state.process, outcome).duration(duration));
  flow_stack::end(*frame);
  return recorded;
}

bool Flows::lives(const Flow& flow) const noexcept {
  return flow.state_ != nullptr && flow.state_->frame->owner == recorder_.flow_owner() &&
         !flow.state_->frame->ended.load();
}

Status Flows::misuse(const char* why) { return recorder_.misuse({StatusCode::kMisuse, why}); }

}  // namespace penstock
