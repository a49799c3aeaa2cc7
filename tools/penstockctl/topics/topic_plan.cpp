#include "topic_plan.hpp"

#include <algorithm>
#include <string_view>

#include "topic_setting.hpp"

namespace penstock::ctl {
namespace {

using Kind = Step::Kind;

bool has_policy(const std::string& cleanup, std::string_view policy) {
  return ("," + cleanup + ",").find("," + std::string(policy) + ",") != std::string::npos;
}

// -1 is without a limit.
bool is_lower(std::int64_t to, std::int64_t from) { return to >= 0 && (from < 0 || to < from); }

void judge_cleanup(SettingChange& change) {
  const bool compacts = !has_policy(change.from, "compact") && has_policy(change.to, "compact");
  const bool deletes = !has_policy(change.from, "delete") && has_policy(change.to, "delete");
  if (!compacts && !deletes) return;
  change.danger = kDangerCleanup;
  if (compacts)
    change.warning =
        "Kafka soon deletes all but the newest record of each key, and takes no record without a "
        "key any more";
  else
    change.warning = "Kafka soon deletes the records that are older than the topic's retention";
}

void judge(SettingChange& change) {
  if (change.name == kCleanup) return judge_cleanup(change);
  const auto from = whole_number(change.from), to = whole_number(change.to);
  if (!from || !to) return;
  if ((change.name == kRetention || change.name == "retention.bytes") && is_lower(*to, *from)) {
    change.danger = kDangerRetention;
    change.warning = change.name == kRetention
                         ? "Kafka soon deletes the records that are older than " +
                               to_short_value(change.name, change.to)
                         : "Kafka soon deletes the oldest records of each partition beyond " +
                               to_short_value(change.name, change.to);
  }
  if (change.name == kMinInsync && *from >= 2 && *to < 2) {
    change.danger = kDangerInsync;
    change.warning =
        "an event is acknowledged when one broker alone has it, and is lost with that broker";
  }
}

class Planner {
 public:
  Planner(const ActualCluster& cluster, const std::string& prefix)
      : cluster_(cluster), prefix_(prefix) {}

  std::vector<Step> steps_for(const WantedTopic& wanted) const {
    const std::string name = prefix_ + wanted.name;
    if (!prefix_.empty() && wanted.name.starts_with(prefix_)) {
      return {refused(name, "names stand without the prefix " + prefix_ + ": write " +
                                wanted.name.substr(prefix_.size()))};
    }
    const auto actual = std::ranges::find(cluster_.topics, name, &ActualTopic::name);
    return actual == cluster_.topics.end() ? create(wanted, name) : compare(wanted, *actual);
  }

  bool is_ours(const std::string& topic) const {
    if (topic.starts_with("__")) return false;  // Kafka's own
    if (!prefix_.empty()) return topic.starts_with(prefix_);
    const auto first_word = [](const std::string& name) { return name.substr(0, name.find('-')); };
    return std::ranges::any_of(penstock_topics(), [&](const std::string& known) {
      return topic == known ||
             (topic.find('-') != std::string::npos && first_word(topic) == first_word(known));
    });
  }

 private:
  static Step refused(const std::string& topic, const std::string& why) {
    return {.kind = Kind::kRefused, .topic = topic, .refusal = why};
  }

  std::vector<Step> create(const WantedTopic& wanted, const std::string& name) const {
    const int replication = wanted.replication.value_or(0);
    if (replication > cluster_.brokers) {
      return {refused(name, "replication " + std::to_string(replication) +
                                ": the cluster has only " + std::to_string(cluster_.brokers) +
                                " broker" + (cluster_.brokers == 1 ? "" : "s"))};
    }
    const auto insync = wanted.config.find(std::string(kMinInsync));
    if (replication == 0 && insync != wanted.config.end() && whole_number(insync->second) > 1) {
      return {refused(name, insync->first + " " + insync->second +
                                ": name the replication too; Kafka's default may be lower, and "
                                "then nothing could be written")};
    }
    Step step{.kind = Kind::kCreate,
              .topic = name,
              .partitions = wanted.partitions.value_or(0),
              .replication = replication};
    for (const auto& [setting, value] : wanted.config)
      step.settings.push_back({setting, "", value, "", ""});
    return {step};
  }

  std::vector<Step> compare(const WantedTopic& wanted, const ActualTopic& actual) const {
    std::vector<Step> steps;
    compare_partitions(wanted, actual, steps);
    compare_replication(wanted, actual, steps);
    compare_config(wanted, actual, steps);
    if (steps.empty()) steps.push_back({.kind = Kind::kSame, .topic = actual.name});
    for (const auto& [setting, now] : actual.config) {
      if (now.own && !wanted.config.contains(setting)) steps.back().beyond[setting] = now.value;
    }
    return steps;
  }

  static void compare_partitions(const WantedTopic& wanted, const ActualTopic& actual,
                                 std::vector<Step>& steps) {
    const int partitions = wanted.partitions.value_or(actual.partitions);
    if (partitions > actual.partitions) {
      steps.push_back({.kind = Kind::kGrow,
                       .topic = actual.name,
                       .partitions_from = actual.partitions,
                       .partitions = partitions});
    } else if (partitions < actual.partitions) {
      steps.push_back(refused(
          actual.name, "partitions " + std::to_string(actual.partitions) + " -> " +
                           std::to_string(partitions) + ": Kafka cannot shrink a topic; write " +
                           std::to_string(actual.partitions) +
                           ", or make a new topic and let the consumers move to it"));
    }
  }

  static void compare_replication(const WantedTopic& wanted, const ActualTopic& actual,
                                  std::vector<Step>& steps) {
    const int replication = wanted.replication.value_or(actual.replication);
    if (replication == actual.replication) return;
    steps.push_back(refused(actual.name, "replication " + std::to_string(actual.replication) +
                                             " -> " + std::to_string(replication) +
                                             ": change with kafka-reassign-partitions"));
  }

  static void compare_config(const WantedTopic& wanted, const ActualTopic& actual,
                             std::vector<Step>& steps) {
    Step change{.kind = Kind::kChange, .topic = actual.name};
    for (const auto& [setting, value] : wanted.config) {
      const auto now = actual.config.find(setting);
      if (now == actual.config.end()) {
        steps.push_back(refused(actual.name, "this Kafka has no setting " + setting));
        continue;
      }
      if (setting == kMinInsync && whole_number(value) > actual.replication) {
        steps.push_back(refused(
            actual.name, setting + " " + value + ": the topic's replication is " +
                             std::to_string(actual.replication) + ", so nothing could be written"));
        continue;
      }
      if (is_same_value(setting, now->second.value, value)) continue;
      judge(change.settings.emplace_back(SettingChange{setting, now->second.value, value, "", ""}));
    }
    if (!change.settings.empty()) steps.push_back(std::move(change));
  }

  const ActualCluster& cluster_;
  const std::string& prefix_;
};

}  // namespace

const char* grow_warning() {
  return "keys move to other partitions: the order of one user's events breaks at that moment, and "
         "joins downstream lose co-partitioning";
}

std::size_t Plan::count(Step::Kind kind) const {
  return static_cast<std::size_t>(std::ranges::count(steps, kind, &Step::kind));
}

bool Plan::to_do() const {
  return count(Kind::kCreate) + count(Kind::kChange) + count(Kind::kGrow) > 0;
}

Plan make_plan(const TopicFile& file, const ActualCluster& cluster, const std::string& prefix) {
  const Planner planner(cluster, prefix);
  Plan plan{{}, file.notes};
  for (const auto& wanted : file.topics)
    for (auto& step : planner.steps_for(wanted)) plan.steps.push_back(std::move(step));
  for (const auto& other : cluster.others)
    if (planner.is_ours(other)) plan.steps.push_back({.kind = Kind::kOther, .topic = other});
  return plan;
}

std::vector<Step> allowed_steps(const Plan& plan, const std::vector<std::string>& allowed,
                                std::vector<std::string>& held_back) {
  const auto may = [&](const std::string& danger) {
    return danger.empty() || std::ranges::find(allowed, danger) != allowed.end();
  };
  std::vector<Step> steps;
  for (const auto& step : plan.steps) {
    if (step.kind == Kind::kCreate || (step.kind == Kind::kGrow && may(kDangerGrow)))
      steps.push_back(step);
    else if (step.kind == Kind::kGrow)
      held_back.push_back(to_line(step) + " (give --grow)");
    if (step.kind != Kind::kChange) continue;
    Step harmless = step;
    harmless.settings.clear();
    for (const auto& change : step.settings) {
      if (may(change.danger)) {
        harmless.settings.push_back(change);
        continue;
      }
      Step held = step;
      held.settings = {change};
      held_back.push_back(to_line(held) + " (give --allow " + change.danger + ")");
    }
    if (!harmless.settings.empty()) steps.push_back(std::move(harmless));
  }
  return steps;
}

ApplyReport apply_steps(const std::vector<Step>& steps,
                        const std::function<Outcome(const Step&)>& perform) {
  ApplyReport report;
  bool away = false;
  for (const auto& step : steps) {
    if (away) {
      report.not_done.push_back(to_line(step));
      continue;
    }
    const Outcome outcome = perform(step);
    away = outcome.kind == Outcome::Kind::kKafkaAway;
    if (outcome.kind == Outcome::Kind::kDone)
      report.done.push_back(to_line(step));
    else
      report.failed.push_back(to_line(step) + ": " + outcome.why);
  }
  return report;
}

}  // namespace penstock::ctl
