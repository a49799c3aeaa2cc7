// Goal: readers always see one whole identity, never halves of two.
// Method: a writer changes it as fast as it can while readers check what they see.
#include "event/identity.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace penstock {
namespace {

TEST(IdentityTest, NothingIsSetAtFirstAndEmptyUnsets) {
  Identity identity;
  Identity::Snapshot snapshot;
  identity.read(snapshot);
  EXPECT_EQ(snapshot.user(), "");
  identity.set_user(R"("u")");
  identity.set_session(R"("s")");
  identity.read(snapshot);
  EXPECT_EQ(snapshot.user(), R"("u")");
  EXPECT_EQ(snapshot.session(), R"("s")");
  identity.set_user("");
  identity.read(snapshot);
  EXPECT_EQ(snapshot.user(), "");
  EXPECT_EQ(snapshot.session(), R"("s")");
}

TEST(IdentityTest, ReadersNeverSeeHalvesOfTwo) {
  Identity identity;
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      Identity::Snapshot snapshot;
      while (!stop.load()) {
        identity.read(snapshot);
        const std::string_view user = snapshot.user();
        if (user != std::string(user.size(), user.empty() ? ' ' : user[0])) torn.fetch_add(1);
        reads.fetch_add(1);
      }
    });
  }
  int round = 0;
  do {
    for (int i = 0; i < 100; ++i, ++round) {
      identity.set_user(
          std::string(1 + static_cast<std::size_t>(round * 37) % Identity::kJsonBytesMax,
                      static_cast<char>('a' + round % 26)));
    }
  } while (reads.load() < 10'000);
  stop.store(true);
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn.load(), 0);
}

}  // namespace
}  // namespace penstock
