#include "transport/answer_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {
namespace {

using Json = nlohmann::ordered_json;  // as in json_event.cpp: one instantiation is 60 KiB less

constexpr std::size_t kProblemBytesMax = 200;  // one line of a log

Json parse_object(std::string_view body) {
  Json json = wire::parse_bounded<Json>(body);
  if (!json.is_object()) json = Json::object();
  return json;
}

const Json* find(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, std::string_view name) {
  const Json* value = find(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

// The events that the entries name, ascending; nullopt unless each names another one of the batch.
std::optional<std::vector<std::size_t>> named_events(const Json& rejected, std::size_t events) {
  std::vector<std::size_t> named;
  named.reserve(rejected.size());
  for (const Json& entry : rejected) {
    const Json* index = entry.is_object() ? find(entry, wire::field::kIndex) : nullptr;
    if (index == nullptr || !index->is_number_unsigned()) return std::nullopt;
    const auto position = index->get<std::uint64_t>();
    if (position >= events) return std::nullopt;
    named.push_back(position);
  }
  std::sort(named.begin(), named.end());
  if (std::adjacent_find(named.begin(), named.end()) != named.end()) return std::nullopt;
  return named;
}

}  // namespace

std::optional<Verdicts> read_verdicts(std::string_view body, std::size_t events) {
  const Json answer = parse_object(body);
  const Json* accepted = find(answer, wire::field::kAccepted);
  const Json* rejected = find(answer, wire::field::kRejected);
  if (accepted == nullptr || !accepted->is_number_unsigned()) return std::nullopt;
  if (rejected == nullptr || !rejected->is_array() || rejected->size() > events)
    return std::nullopt;
  if (accepted->get<std::uint64_t>() != events - rejected->size()) return std::nullopt;
  auto named = named_events(*rejected, events);
  if (!named) return std::nullopt;
  return Verdicts{events - named->size(), *std::move(named)};
}

bool confirms_erasure(std::string_view body) {
  const Json answer = parse_object(body);
  const Json* accepted = find(answer, wire::field::kAccepted);
  return accepted != nullptr && accepted->is_number_unsigned() && *accepted == 1;
}

std::string read_problem(std::string_view body, std::string_view secret) {
  const Json problem = parse_object(body);
  std::string text = text_of(problem, wire::field::kCode);
  std::string detail = text_of(problem, "detail");
  if (detail.empty()) detail = text_of(problem, "title");
  if (!text.empty() && !detail.empty()) text += ": ";
  text += detail;

  if (!secret.empty() && text.find(secret) != std::string::npos) return {};
  if (text.size() > kProblemBytesMax) text.resize(kProblemBytesMax);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';  // also a character that the cut went through
  }
  return text;
}

}  // namespace penstock::transport
