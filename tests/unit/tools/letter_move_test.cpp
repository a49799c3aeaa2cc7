// Goal: a redriven letter keeps what it is known by, and an attempt more is counted. Method: letters
// with and without attempts, with each judgement.
#include "letter_move.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

Record letter_with(const std::string& attempts) {
  Record letter;
  letter.topic = "dead-letter";
  letter.partition = 5;
  letter.offset = 17;
  letter.key = "install-1";
  letter.value = "{}";
  letter.headers = {{"code", "old"}, {"pointer", "/old"}, {"message", "old"}, {"eventId", "id"}};
  if (!attempts.empty()) {
    letter.headers.emplace_back("redriveAttempts", attempts);
    letter.headers.emplace_back("redrivenFrom", "dead-letter[0]@1");
  }
  return letter;
}

Judgement rejected() {
  Judgement judgement;
  judgement.kind = Judgement::Kind::kRejected;
  judgement.code = "new";
  judgement.pointer = "/new";
  judgement.message = "why";
  return judgement;
}

TEST(LetterMoveTest, AnAcceptedEventGoesToItsTopicWithItsAttemptsAndWhereItLay) {
  Judgement judgement;
  judgement.kind = Judgement::Kind::kAccepted;
  judgement.topic = "p.user-activity";
  judgement.key = "u-1";
  judgement.value = "value";
  judgement.headers = {{"eventId", "id"}};
  const auto move = move_of(letter_with(""), judgement, 3, "p.");
  EXPECT_EQ(move.kind, LetterMove::Kind::kBrought);
  EXPECT_EQ(move.topic, "p.user-activity");
  EXPECT_EQ(move.key, "u-1");
  EXPECT_THAT(move.headers, ElementsAre(Pair("eventId", "id"), Pair("redriveAttempts", "1"),
                                        Pair("redrivenFrom", "dead-letter[5]@17")));
}

TEST(LetterMoveTest, ARejectedOneGoesBackWithTheReasonOfTodayAndItsFirstPlace) {
  const auto move = move_of(letter_with("1"), rejected(), 3, "p.");
  EXPECT_EQ(move.kind, LetterMove::Kind::kPutBack);
  EXPECT_EQ(move.topic, "p.dead-letter");
  EXPECT_EQ(move.key, "install-1");
  EXPECT_THAT(move.headers,
              ElementsAre(Pair("code", "new"), Pair("pointer", "/new"), Pair("message", "why"),
                          Pair("eventId", "id"), Pair("redriveAttempts", "2"),
                          Pair("redrivenFrom", "dead-letter[0]@1")));
}

TEST(LetterMoveTest, AtTheLimitOfAttemptsItIsQuarantined) {
  EXPECT_EQ(move_of(letter_with("2"), rejected(), 3, "p.").topic, "p.dead-letter-quarantine");
  EXPECT_EQ(move_of(letter_with("1"), rejected(), 3, "p.").topic, "p.dead-letter");
  EXPECT_EQ(move_of(letter_with(""), rejected(), 1, "p.").topic, "p.dead-letter-quarantine");
}

TEST(LetterMoveTest, AttemptsThatAreNoNumberCountAsNone) {
  for (const char* attempts : {"x", "-4", "99999999999999999999", "4294967295"}) {
    EXPECT_THAT(move_of(letter_with(attempts), rejected(), 3, "").headers,
                Contains(Pair("redriveAttempts", "1")))
        << attempts;
  }
}

TEST(LetterMoveTest, WhatCannotBeJudgedIsLeft) {
  Judgement judgement;
  EXPECT_EQ(move_of(letter_with(""), judgement, 3, "").kind, LetterMove::Kind::kLeft);
  judgement.kind = Judgement::Kind::kUnedited;
  EXPECT_EQ(move_of(letter_with(""), judgement, 3, "").kind, LetterMove::Kind::kLeft);
}

}  // namespace
}  // namespace penstock::ctl
