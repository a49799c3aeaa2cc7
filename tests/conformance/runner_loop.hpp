// The protocol of a runner (docs/bindings.md), for the two languages that are at home here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace penstock::conformance {

using Json = nlohmann::json;

// A language: one client at a time. Functions return {} or what a call gives, or {"code", "message"}.
// Values of events are plain JSON: what the protocol writes with a "$" is resolved.
class Language {
 public:
  virtual ~Language() = default;
  virtual Json greeting() const = 0;
  virtual Json open(const Json& options) = 0;
  virtual bool has_client() const = 0;
  virtual Json track(const Json& event, const std::string& flow) = 0;
  // Any other call but those above.
  virtual Json call(const std::string& name, const Json& arguments) = 0;
  // Closes the client with timeout 0, if there is one, and forgets it and its flows.
  virtual void forget_client() = 0;
  // One event of the benchmark, as a user would write it. False if it was refused.
  virtual bool track_typical() = 0;
};

// Until the end of the input. Returns the status to end with.
int run(Language& language);

}  // namespace penstock::conformance
