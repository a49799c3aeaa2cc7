// Goal: one decoder serves every thread. Method: the same body, decoded by several threads at once.
// An executable of its own, so that the thread sanitizer need not repeat all the others of this
// folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "decode/batch_decoder.hpp"
#include "unit/gateway/decode/compression.hpp"
#include "unit/gateway/decode/decoding.hpp"

namespace penstock::gateway {
namespace {

using namespace testing;  // NOLINT: the vocabulary of decoding.hpp
using ::testing::ElementsAre;

TEST(BatchDecoderTest, ManyThreadsShareOneDecoder) {
  const BatchDecoder decoder{DecodeLimits{}};
  const std::string body = zstandard("[" + click() + "," + click() + "]");
  std::vector<std::thread> threads;
  std::vector<int> right(4);
  threads.reserve(right.size());
  for (int& count : right) {
    threads.emplace_back([&] {
      RequestHead head = json_head();
      head.content_encoding = "zstd";
      for (int i = 0; i < 200; ++i) {
        const auto outcome = decoder.decode(head, client_key(), body);
        count += outcome && (*outcome)->events.size() == 2 && !(*outcome)->events[1].reject;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(right, ElementsAre(200, 200, 200, 200));
}

}  // namespace
}  // namespace penstock::gateway
