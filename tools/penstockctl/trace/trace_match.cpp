#include "trace_match.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/trace_context.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;

std::string_view text_of(const json& event, std::string_view name) {
  if (!event.is_object()) return {};
  const auto at = event.find(name);
  if (at == event.end() || !at->is_string()) return {};
  return at->get_ref<const std::string&>();
}

}  // namespace

IdField parse_id_field(std::string_view option) {
  const auto* const at = std::ranges::find(kIdFieldOptions, option);
  if (at == kIdFieldOptions.end())
    throw std::runtime_error("\"" + std::string(option) + "\" is no kind of id");
  return static_cast<IdField>(at - kIdFieldOptions.begin());
}

IdMatcher::IdMatcher(std::string id, std::optional<IdField> only)
    : id_(std::move(id)), only_(only) {}

bool IdMatcher::may_match(const Record& record) const noexcept {
  if (record.value.find(id_) != std::string::npos) return true;
  if (record.value.find('\\') != std::string::npos) return true;
  if (record.key == id_) return true;
  return std::ranges::any_of(record.headers, [this](const auto& header) {
    return header.second.find(id_) != std::string::npos;
  });
}

bool IdMatcher::is_id(const Record& record, IdField field, std::string_view in_event) const {
  if (in_event == id_) return true;
  switch (field) {
    case IdField::kEvent:
    case IdField::kCorrelation:
      return record.header(kIdFieldNames[static_cast<std::size_t>(field)]) == id_;
    case IdField::kInstall:
      return record.key == id_ && record.header(wire::field::kCode).has_value();
    case IdField::kTrace: {
      const auto header = record.header(wire::header::kTraceparent).value_or("");
      const auto context = wire::parse_traceparent(header);
      return context && context->trace_id == id_;
    }
    default:
      return false;
  }
}

std::vector<IdField> IdMatcher::match(const Record& record) const {
  if (id_.empty() || !may_match(record)) return {};
  const auto event = wire::parse_bounded<json>(record.value);
  std::vector<IdField> fields;
  for (std::size_t i = 0; i < kIdFields; ++i) {
    const auto field = static_cast<IdField>(i);
    if (only_ && *only_ != field) continue;
    // An event has no trace-id: that of its request is in a header.
    const auto in_event =
        field == IdField::kTrace ? std::string_view() : text_of(event, kIdFieldNames[i]);
    if (is_id(record, field, in_event)) fields.push_back(field);
  }
  return fields;
}

}  // namespace penstock::ctl
