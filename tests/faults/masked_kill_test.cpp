// Goal: no personal data that a program records gets further than its memory, whenever kill -9 hits
// it; and the search that says so in every integration and fault test does find what is not masked.
// Method: planted events in a child that is killed after a random number of them; and a client
// whose mask for e-mail addresses is off.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "penstock/penstock.hpp"
#include "support/eventually.hpp"
#include "support/leaks/leak_search.hpp"
#include "support/leaks/planted_event.hpp"
#include "support/leaks/planted_options.hpp"
#include "support/temp_directory.hpp"
#include "support/test_gateway.hpp"

namespace penstock {
namespace {

using test::kPlantedEmail;
using test::kPlantedUmlautEmail;
using test::Leak;
using test::planted;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kKills = 20;
constexpr std::size_t kEventsMax = 400;

// Writes a byte into `recorded` after each event.
[[noreturn]] void record_for_ever(const Options& options, int recorded) {
  auto client = Client::open(options);
  if (!client) _exit(1);
  for (;;) {
    if (!client->track(planted(Event::error(test::planted_sentence()))).ok()) _exit(2);
    if (write(recorded, "", 1) != 1) _exit(3);
  }
}

void run_and_kill(const Options& options, std::size_t events) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) record_for_ever(options, ends[1]);
  close(ends[1]);
  char byte = 0;
  for (std::size_t i = 0; i < events; ++i) ASSERT_EQ(read(ends[0], &byte, 1), 1);
  kill(child, SIGKILL);
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
}

std::string all_files(const std::filesystem::path& folder) {
  std::string text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    if (entry.is_regular_file()) text.append(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}

// What is left in the folder is searched when the folder goes.
TEST(MaskedKillTest, WhatAKilledProgramLeavesOnTheDiskIsMasked) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const test::TempDirectory directory;
  for (int i = 0; i < kKills && !::testing::Test::HasFailure(); ++i)
    run_and_kill(test::planted_options(directory, "https://localhost:1"),
                 1 + random() % kEventsMax);
  EXPECT_THAT(all_files(directory.path()), AllOf(HasSubstr("[email]"), HasSubstr("[removed]")));
}

TEST(MaskedKillTest, WhatAKilledProgramHasLeftIsSentMasked) {
  const test::TempDirectory directory;
  const test::TestCertificate certificate(directory.path());
  test::TestGateway gateway(&certificate);
  Options options = test::planted_options(directory, "https://localhost:1");
  run_and_kill(options, kEventsMax);
  options.endpoint = gateway.endpoint();
  options.ca_file = certificate.ca_file();
  auto client = Client::open(options);
  ASSERT_TRUE(client) << client.status().message();
  EXPECT_TRUE(client->flush(test::kPatience).ok());
  EXPECT_GE(gateway.received_seqs().size(), kEventsMax);
}

TEST(MaskedKillTest, AddressesOfAClientThatDoesNotMaskThemAreFoundOnItsDiskAndOnTheWire) {
  const test::AllowLeaks allow("the client of this test does not mask e-mail addresses");
  {
    const test::TempDirectory directory;
    const test::TestCertificate certificate(directory.path());
    test::TestGateway gateway(&certificate);
    gateway.answer_with([](const auto&) { return test::reply(503); });  // so that the journal stays
    Options options = test::planted_options(directory, gateway.endpoint());
    options.ca_file = certificate.ca_file();
    options.mask_emails = false;
    auto client = Client::open(options);
    ASSERT_TRUE(client) << client.status().message();
    ASSERT_TRUE(client->track(planted(Event::session_start())).ok());
    ASSERT_TRUE(test::eventually([&] { return gateway.request_count() > 0; }));
    EXPECT_FALSE(client->close(std::chrono::milliseconds(0)).ok()) << "nothing was acknowledged";
  }
  const auto leaks = test::take_leaks();
  EXPECT_THAT(leaks, Contains(Leak{"body of a request", kPlantedEmail.kind}));
  EXPECT_THAT(leaks, Contains(AllOf(Field(&Leak::where, StartsWith("file telemetry/")),
                                    Field(&Leak::kind, kPlantedUmlautEmail.kind))));
  EXPECT_THAT(leaks, Each(Field(&Leak::kind, StartsWith("e-mail")))) << test::to_string(leaks);
}

}  // namespace
}  // namespace penstock
