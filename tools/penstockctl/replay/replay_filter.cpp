#include "replay_filter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;
using Texts = std::vector<std::string>;

std::string_view text_of(const json& event, std::string_view name) {
  const auto at = event.find(name);
  if (at == event.end() || !at->is_string()) return {};
  return at->get_ref<const std::string&>();
}

bool is_one_of(std::string_view text, const Texts& texts) {
  return std::ranges::find(texts, text) != texts.end();
}

}  // namespace

bool ReplayFilter::empty() const noexcept {
  return users.empty() && sessions.empty() && correlations.empty() && types.empty();
}

bool ReplayFilter::may_match(std::string_view value) const noexcept {
  const auto holds_one = [value](const Texts& texts) {
    return texts.empty() || std::ranges::any_of(texts, [value](const std::string& text) {
             return value.find(text) != std::string_view::npos;
           });
  };
  return (holds_one(users) && holds_one(sessions) && holds_one(correlations) && holds_one(types)) ||
         value.find('\\') != std::string_view::npos;
}

bool ReplayFilter::matches(std::string_view value) const {
  namespace field = wire::field;
  if (empty()) return true;
  if (!may_match(value)) return false;
  const auto event = wire::parse_bounded<json>(value);
  if (!event.is_object()) return false;
  const auto fits = [&event](const Texts& texts, std::string_view name) {
    return texts.empty() || is_one_of(text_of(event, name), texts);
  };
  return fits(users, field::kUserId) && fits(sessions, field::kSessionId) &&
         fits(correlations, field::kCorrelationId) &&
         (fits(types, field::kEventType) || fits(types, field::kActivityType));
}

std::string kind_of_event(std::string_view value) {
  namespace field = wire::field;
  const auto event = wire::parse_bounded<json>(value);
  if (!event.is_object()) return "not an event";
  std::string kind(text_of(event, field::kEventType));
  auto what = text_of(event, field::kActivityType);
  if (what.empty()) what = text_of(event, field::kAction);
  if (!what.empty()) kind.append(kind.empty() ? "" : " ").append(what);
  return kind.empty() ? "not an event" : kind;
}

}  // namespace penstock::ctl
