// What the encoder makes of an event, read with an independent library.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "event/event_encoder.hpp"

namespace penstock {

using Json = nlohmann::json;

inline constexpr std::int64_t kNowMs = 1733661296789;  // 2024-12-08T12:34:56.789Z

class EventEncoderTest : public ::testing::Test {
 protected:
  Json encode(const Event& event) {
    const std::string text = encode_text(event);
    EXPECT_EQ(problem_, "");
    return Json::parse(text);
  }
  std::string encode_text(const Event& event) {
    std::string buffer(256 * 1024, '\0');
    wire::JsonWriter out(buffer.data(), buffer.size());
    const auto encoded = EventEncoder(rules_, types_).encode(event, identity_, kNowMs, out);
    problem_ = encoded.problem ? encoded.problem.text() : std::string();
    masked_ = encoded.masked;
    return std::string(out.text());
  }
  std::string problem_of(const Event& event) {
    encode_text(event);
    return problem_;
  }
  void set_user(std::string_view json) {
    Identity identity;
    identity.set_user(json);
    identity.read(identity_);
  }

  privacy::RuleSet rules_;
  EventTypes types_{{"Purchase", "Click"}};
  Identity::Snapshot identity_;
  std::string problem_;
  std::size_t masked_ = 0;
};

}  // namespace penstock
