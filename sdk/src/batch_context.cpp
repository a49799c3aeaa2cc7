#include "batch_context.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "platform/host_info.hpp"
#include "privacy/mask.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace penstock {
namespace {

// Merged into every event's metadata: must stay small.
constexpr std::size_t kContextBytesMax = 8 * 1024;

using Fields = std::vector<std::pair<std::string, std::string>>;

void set_field(Fields& fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) {
      field.second = value;
      return;
    }
  }
  fields.emplace_back(name, value);
}

}  // namespace

Result<std::string> make_batch_context(const Options& options, const privacy::RuleSet& rules) {
  Fields fields;
  if (!options.app_name.empty()) set_field(fields, "app", options.app_name);
  if (!options.app_version.empty()) set_field(fields, "version", options.app_version);
  set_field(fields, "os", platform::operating_system_name());
  for (const auto& [name, value] : options.context) {
    if (name.empty() || name.size() > wire::kFieldNameBytesMax) {
      return Status(StatusCode::kInvalidOption,
                    "context has a field whose name is empty or longer than 128 bytes; rename it");
    }
    set_field(fields, name, value);
  }
  if (fields.size() > wire::kEventFieldsMax) {
    return Status(StatusCode::kInvalidOption,
                  "context has more than 64 fields, with app, version and os; leave some out");
  }

  std::string json(kContextBytesMax, '\0');
  wire::JsonWriter out(json.data(), json.size());
  out.raw('{');
  privacy::NameMasks masks;
  for (const auto& [name, value] : fields) {
    if (out.size() > 1) out.raw(',');
    privacy::write_masked_name(rules, name, masks, out);
    out.raw(':');
    if (rules.removes(name)) {
      out.string(privacy::kRemovedMask);
    } else {
      privacy::write_masked(rules, value, out);
    }
  }
  out.raw('}');
  if (out.overflowed()) {
    return Status(StatusCode::kInvalidOption,
                  "context is larger than 8 KiB; it is merged into every event, so keep to what "
                  "all of them need");
  }
  json.resize(out.size());
  return json;
}

}  // namespace penstock
