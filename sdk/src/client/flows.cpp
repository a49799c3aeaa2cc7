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

}  // namespace

Result<Flow> Flows::start(std::string_view process, std::string_view correlation) {
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
  return open(std::string(out.text()), std::string(process));
}

Result<Flow> Flows::join(const Flow& flow) {
  if (flow.state_ == nullptr || flow.state_->frame->owner != recorder_.flow_owner())
    return recorder_.misuse({StatusCode::kMisuse, "the flow has ended, or is another client's"});
  return open(flow.state_->frame->correlation, {});
}

Result<Flow> Flows::open(std::string correlation, std::string process) {
  auto state = std::make_unique<Flow::State>();
  state->frame = std::make_shared<FlowFrame>(recorder_.flow_owner(), std::move(correlation));
  state->process = std::move(process);
  state->started = time_.now();
  flow_stack::push(state->frame);
  return Flow(std::move(state));
}

Status Flows::complete(Flow& flow, Event::Outcome outcome) {
  if (flow.state_ == nullptr || flow.state_->frame->owner != recorder_.flow_owner() ||
      flow.state_->frame->ended.load()) {
    return recorder_.misuse({StatusCode::kMisuse, "the flow has ended, or is another client's"});
  }
  if (flow.state_->process.empty())
    return recorder_.misuse(
        {StatusCode::kMisuse, "the flow was joined; complete the one that was started"});
  if (flow.state_->frame->thread != std::this_thread::get_id()) {
    return recorder_.misuse(
        {StatusCode::kMisuse,
         "the flow was started on another thread; complete it there, or join it here"});
  }
  const auto duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - flow.state_->started);
  // The innermost one for a moment, whatever was started since.
  const auto frame =
      std::make_shared<FlowFrame>(recorder_.flow_owner(), flow.state_->frame->correlation);
  flow_stack::push(frame);
  Status completed =
      recorder_.track(Event::process_completion(flow.state_->process, outcome).duration(duration));
  flow_stack::end(*frame);
  if (completed) flow.state_.reset();
  return completed;
}

}  // namespace penstock
