// The flows of a client: how one begins, is handed to another thread, and is completed.
#pragma once

#include <string>
#include <string_view>

#include "client/recorder.hpp"
#include "penstock/penstock.hpp"
#include "platform/clock.hpp"

namespace penstock {

// Any thread. Functions fail as those of Client do, and may throw std::bad_alloc.
class Flows {
 public:
  // Both outlive this object.
  Flows(Recorder& recorder, const platform::TimeSource& time) noexcept
      : recorder_(recorder), time_(time) {}

  enum class Place { kThisThread, kDetached };

  // `correlation` empty: a new one.
  Result<Flow> start(std::string_view process, std::string_view correlation, Place place);
  Result<Flow> join(const Flow& flow);
  Status complete(Flow& flow, Event::Outcome outcome);

 private:
  Result<Flow> open(std::string correlation, std::string process, Place place);
  Status record_completion(const Flow::State& state, Event::Outcome outcome);
  bool lives(const Flow& flow) const noexcept;  // is of this client, and has not ended
  Status misuse(const char* why);

  Recorder& recorder_;
  const platform::TimeSource& time_;
};

}  // namespace penstock
