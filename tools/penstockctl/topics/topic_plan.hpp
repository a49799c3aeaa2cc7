// What is to be done for the cluster to be as the file says. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "topic_file.hpp"

namespace penstock::ctl {

struct ActualTopic {
  struct Setting {
    std::string value;
    bool own = false;  // set on the topic, and not by Kafka's default
  };
  std::string name;  // with the prefix
  int partitions = 0, replication = 0;
  std::map<std::string, Setting> config;
};

struct ActualCluster {
  int brokers = 0;
  std::vector<ActualTopic> topics;  // those of the file that exist
  std::vector<std::string> others;  // the names of all others, with the prefix or not
};

struct SettingChange {
  std::string name, from, to;   // Kafka's; from: "" for a topic that is not there yet
  std::string danger, warning;  // the name by which it is allowed, and what happens; "" if harmless
};

struct Step {
  enum class Kind { kCreate, kChange, kGrow, kSame, kRefused, kOther };
  Kind kind = Kind::kSame;
  std::string topic;                         // with the prefix
  int partitions_from = 0, partitions = 0;   // kCreate, kGrow; 0 of a new topic: Kafka's default
  int replication = 0;                       // kCreate; 0: Kafka's default
  std::vector<SettingChange> settings = {};  // kCreate, kChange
  std::string refusal = {};                  // kRefused: what, and why
  std::map<std::string, std::string> beyond = {};  // set on the topic, not in the file; left alone
};

// The names by which dangerous changes are allowed.
inline constexpr const char* kDangerGrow = "grow";
inline constexpr const char* kDangerRetention = "lower-retention";
inline constexpr const char* kDangerCleanup = "change-cleanup";
inline constexpr const char* kDangerInsync = "lower-min-insync";
const char* grow_warning();  // what happens when a topic gets more partitions

struct Plan {
  std::vector<Step> steps;
  std::vector<std::string> notes;

  std::size_t count(Step::Kind kind) const;
  bool to_do() const;  // something to create, to change or to grow
};

// Compares only what the file says. `prefix` stands before the file's names.
Plan make_plan(const TopicFile& file, const ActualCluster& cluster, const std::string& prefix);

// For people: a line a step, its warnings below, and a line that counts them.
std::string to_text(const Plan& plan);
// For programs: one JSON object, without an end of line.
std::string to_json(const Plan& plan);
// "create user-activity", "change dead-letter: retention 7d -> 30d": for reports.
std::string to_line(const Step& step);

// What may be done: the plan's creations and harmless changes, and those dangerous ones whose name
// is in `allowed`. `held_back` gets a line for each of the others.
std::vector<Step> allowed_steps(const Plan& plan, const std::vector<std::string>& allowed,
                                std::vector<std::string>& held_back);

struct Outcome {
  enum class Kind { kDone, kFailed, kKafkaAway };
  Kind kind = Kind::kDone;
  std::string why = {};
};
struct ApplyReport {
  std::vector<std::string> done, failed, not_done;  // lines; failed: with the reason
};

// Does one step after the other. A step that fails stops no other one, unless Kafka is away: then
// what comes behind is not done, and the step itself may or may not have been.
ApplyReport apply_steps(const std::vector<Step>& steps,
                        const std::function<Outcome(const Step&)>& perform);

}  // namespace penstock::ctl
