// The ledger as JSON text. All names in it are of Penstock's own, and need no escapes.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "c/handles.hpp"

namespace penstock::c {
namespace {

void add_name(std::string& json, std::string_view name) {
  if (json.back() != '{') json += ',';
  json.append(1, '"').append(name).append("\":");
}

void add_count(std::string& json, std::string_view name, std::uint64_t count) {
  add_name(json, name);
  json += std::to_string(count);
}

void add_reasons(std::string& json, std::string_view name,
                 const std::vector<std::pair<std::string, std::uint64_t>>& reasons) {
  add_name(json, name);
  json += '{';
  for (const auto& [reason, count] : reasons) add_count(json, reason, count);
  json += '}';
}

void add_row(std::string& json, const LedgerRow& row) {
  json += '{';
  add_name(json, "type");
  json.append(1, '"').append(row.type).append(1, '"');
  add_count(json, "recorded", row.recorded);
  add_count(json, "acknowledged", row.acknowledged);
  add_count(json, "rejected", row.rejected);
  add_count(json, "pending", row.pending);
  add_reasons(json, "dropped", row.dropped);
  add_reasons(json, "refused", row.refused);
  json += '}';
}

}  // namespace

std::string ledger_json(const std::vector<LedgerRow>& rows) {
  std::string json = "[";
  for (const auto& row : rows) {
    if (json.back() == '}') json += ',';
    add_row(json, row);
  }
  return json += ']';
}

}  // namespace penstock::c
