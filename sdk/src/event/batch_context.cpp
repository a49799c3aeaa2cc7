#include "event/batch_context.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/host_info.hpp"
#include "privacy/mask.hpp"
#include "privacy/path_masker.hpp"
#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"
#include "wire/utf8.hpp"

namespace penstock {
namespace {

// Merged into every event's metadata: must stay small.
constexpr std::size_t kContextBytesMax = 8 * 1024;

using Fields = std::vector<std::pair<std::string, std::string>>;

Status invalid(std::string message) { return {StatusCode::kInvalidOption, std::move(message)}; }

bool has(std::span<const Fields::value_type> fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& field) { return field.first == name; });
}

// The options' own, which win over what is filled in. Which one is wrong is told by its place: a
// name may be personal.
Status check(const Fields& context) {
  for (std::size_t i = 0; i < context.size(); ++i) {
    const auto& [name, value] = context[i];
    const std::string which = "context field " + std::to_string(i + 1);
    if (name.empty() || name.size() > wire::kFieldNameBytesMax)
      return invalid(which + " has a name that is empty or longer than 128 bytes; rename it");
    if (!wire::is_utf8(name) || !wire::is_utf8(value))
      return invalid(which + " is not valid UTF-8; convert it");
    if (has(std::span(context).first(i), name))
      return invalid(which + " has the name of an earlier one; give each name once");
  }
  return {};
}

Result<Fields> collect(const Options& options) {
  if (Status status = check(options.context); !status) return status;
  if (!wire::is_utf8(options.app_name)) return invalid("app_name is not valid UTF-8; convert it");
  if (!wire::is_utf8(options.app_version))
    return invalid("app_version is not valid UTF-8; convert it");
  Fields fields;
  const auto fill_in = [&](const char* name, std::string value) {
    if (!value.empty() && !has(options.context, name)) fields.emplace_back(name, std::move(value));
  };
  fill_in("app", options.app_name);
  fill_in("version", options.app_version);
  fill_in("os", platform::operating_system_name());
  fields.insert(fields.end(), options.context.begin(), options.context.end());
  if (fields.size() > wire::kEventFieldsMax) {
    return invalid("context has more than 64 fields, with app, version and os; leave some out");
  }
  return fields;
}

bool is_allowed(const privacy::RuleSet& rules, const privacy::PathRules::State& state) {
  const privacy::Action* const action = rules.paths().action_of(state);
  return action != nullptr && action->kind == privacy::Action::Kind::kAllow;
}

}  // namespace

Result<std::string> make_batch_context(const Options& options, const privacy::RuleSet& rules) {
  const auto fields = collect(options);
  if (!fields) return fields.status();
  std::string json(kContextBytesMax, '\0');
  wire::JsonWriter out(json.data(), json.size());
  out.raw('{');
  privacy::NameMasks masks;
  std::vector<std::string_view> names;
  const auto context = rules.paths().child(rules.paths().root(), wire::field::kContext);
  for (const auto& [name, value] : *fields) {
    if (out.size() > 1) out.raw(',');
    const std::size_t begin = out.size();
    const auto state =
        rules.paths().empty() ? privacy::PathRules::State() : rules.paths().child(context, name);
    if (is_allowed(rules, state)) {
      out.string(name);
    } else {
      privacy::write_masked_name(rules, name, masks, out);
    }
    const std::string_view written = out.text().substr(std::min(begin, out.size()));
    // The gateway refuses a batch with the same name twice.
    if (std::find(names.begin(), names.end(), written) != names.end()) {
      return invalid(
          "context has two names that are the same once personal data in them is masked; rename "
          "one");
    }
    names.push_back(written);
    out.raw(':');
    privacy::PathMasker(rules, out).write_text(state, name, value);
  }
  out.raw('}');
  if (out.overflowed()) {
    return invalid(
        "context is larger than 8 KiB; it is merged into every event, so keep to what all of them "
        "need");
  }
  json.resize(out.size());
  return json;
}

}  // namespace penstock
