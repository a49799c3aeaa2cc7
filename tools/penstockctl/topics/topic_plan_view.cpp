// How a plan is shown; see topic_plan.hpp.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "record_view.hpp"
#include "topic_plan.hpp"
#include "topic_setting.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Step::Kind;

constexpr std::size_t kVerbWidth = 9;

const char* verb(Kind kind) {
  switch (kind) {
    case Kind::kCreate:
      return "create";
    case Kind::kChange:
      return "change";
    case Kind::kGrow:
      return "grow";
    case Kind::kSame:
      return "same";
    case Kind::kRefused:
      return "refused";
    case Kind::kOther:
      return "not in the file";
  }
  return "";
}

char sign(Kind kind) {
  constexpr std::string_view kSigns = "+~~=!?";  // in the order of Kind
  return kSigns[static_cast<std::size_t>(kind)];
}

std::string setting(const std::string& name, const std::string& value) {
  return short_name(name) + ' ' + (value.empty() ? "\"\"" : to_short_value(name, value));
}

std::string details(const Step& step) {
  std::string text = step.refusal;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (step.kind == Kind::kGrow) {
    add("partitions " + std::to_string(step.partitions_from) + " -> " +
        std::to_string(step.partitions));
  }
  if (step.kind == Kind::kCreate) {
    if (step.partitions > 0) add("partitions " + std::to_string(step.partitions));
    if (step.replication > 0) add("replication " + std::to_string(step.replication));
  }
  for (const auto& change : step.settings) {
    add(step.kind == Kind::kCreate
            ? setting(change.name, change.to)
            : setting(change.name, change.from) + " -> " + to_short_value(change.name, change.to));
  }
  return plain(text);
}

std::string below(const std::string& text) { return std::string(6, ' ') + plain(text) + '\n'; }

std::string rows(const Step& step, std::size_t topic_width) {
  std::string verb_text = verb(step.kind);
  if (verb_text.size() < kVerbWidth) verb_text.resize(kVerbWidth, ' ');
  std::string row = std::string(1, sign(step.kind)) + ' ' + verb_text;
  const std::string what = details(step);
  row += what.empty() ? (step.kind == Kind::kOther ? "  " : "") + plain(step.topic)
                      : to_width(plain(step.topic), topic_width) + "  " + what;
  row += '\n';
  if (step.kind == Kind::kGrow)
    row += below(std::string("warning: ") + grow_warning() + " (apply wants --grow)");
  for (const auto& change : step.settings) {
    if (!change.danger.empty())
      row += below("warning: " + change.warning + " (apply wants --allow " + change.danger + ")");
  }
  std::string beyond;
  for (const auto& [name, value] : step.beyond)
    beyond += (beyond.empty() ? "" : ", ") + setting(name, value);
  if (!beyond.empty()) row += below("also set, and left alone: " + beyond);
  return row;
}

Json step_json(const Step& step) {
  Json json = {{"step", verb(step.kind)}, {"topic", step.topic}};
  if (step.kind == Kind::kGrow) {
    json["partitions"] = {{"from", step.partitions_from}, {"to", step.partitions}};
    json["danger"] = kDangerGrow;
    json["warning"] = grow_warning();
  }
  if (step.kind == Kind::kCreate && step.partitions > 0)
    json["partitions"] = {{"to", step.partitions}};
  if (step.kind == Kind::kCreate && step.replication > 0) json["replication"] = step.replication;
  for (const auto& change : step.settings) {
    Json one = {{"name", change.name}};
    if (step.kind == Kind::kChange) one["from"] = change.from;
    one["to"] = change.to;
    if (!change.danger.empty()) {
      one["danger"] = change.danger;
      one["warning"] = change.warning;
    }
    json["settings"].push_back(std::move(one));
  }
  if (!step.refusal.empty()) json["refusal"] = step.refusal;
  for (const auto& [name, value] : step.beyond) json["beyond"][name] = value;
  return json;
}

}  // namespace

std::string to_text(const Plan& plan) {
  std::size_t width = 0;
  for (const auto& step : plan.steps) {
    if (!details(step).empty()) width = std::max(width, step.topic.size());
  }
  std::string text;
  for (const auto& step : plan.steps) text += rows(step, width);
  for (const auto& note : plan.notes) text += "note: " + plain(note) + '\n';
  text += '\n';
  const auto count = [&](Kind kind) { return std::to_string(plan.count(kind)); };
  return text + count(Kind::kCreate) + " to create, " + count(Kind::kChange) + " to change, " +
         count(Kind::kGrow) + " to grow, " + count(Kind::kRefused) + " refused, " +
         count(Kind::kSame) + " the same\n";
}

std::string to_json(const Plan& plan) {
  Json json = {{"to_do", plan.to_do()}, {"refused", plan.count(Kind::kRefused)}};
  json["steps"] = Json::array();
  for (const auto& step : plan.steps) json["steps"].push_back(step_json(step));
  json["notes"] = plan.notes;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_line(const Step& step) {
  const std::string what = details(step);
  return verb(step.kind) + (" " + plain(step.topic)) + (what.empty() ? "" : ": " + what);
}

}  // namespace penstock::ctl
