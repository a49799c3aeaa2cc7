#include "erasure_subjects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/uuid.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;

constexpr std::size_t kFew = 8;

std::string text_of(const json& event, std::string_view name) {
  if (!event.is_object()) return "";
  const auto at = event.find(name);
  return at != event.end() && at->is_string() ? at->get<std::string>() : "";
}

}  // namespace

ErasureSubjects::ErasureSubjects(std::set<std::string> users, std::set<std::string> installs)
    : users_(std::move(users)), installs_(std::move(installs)) {
  if (size() > kFew) return;
  for (const auto& id : users_) few_.emplace_back(id, IdField::kUser);
  for (const auto& id : installs_) few_.emplace_back(id, IdField::kInstall);
}

bool ErasureSubjects::own(const Record& record) const {
  const bool keyed =
      record.key && (users_.contains(*record.key) || installs_.contains(*record.key));
  if (!keyed && !few_.empty() &&
      std::ranges::none_of(few_, [&](const IdMatcher& one) { return one.may_match(record); }))
    return false;
  const json event = wire::parse_bounded<json>(record.value);
  const std::string user = text_of(event, wire::field::kUserId);
  const std::string install = text_of(event, wire::field::kInstallId);
  if (users_.contains(user) || installs_.contains(install)) return true;
  // A dead letter of the install: its event does not name it where the batch did.
  if (record.header(wire::field::kCode) && record.key && installs_.contains(*record.key))
    return true;
  return keyed && user.empty() && install.empty();
}

std::vector<std::string> ErasureSubjects::digests() const {
  std::vector<std::string> digests;
  for (const auto& id : users_)
    digests.push_back(wire::name_uuid(wire::Uuid{}, "user " + id).text());
  for (const auto& id : installs_)
    digests.push_back(wire::name_uuid(wire::Uuid{}, "install " + id).text());
  return digests;
}

}  // namespace penstock::ctl
