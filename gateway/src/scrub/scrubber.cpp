#include "scrubber.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "privacy/mask.hpp"
#include "privacy/path_masker.hpp"
#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"

namespace penstock::gateway {
namespace {

// What `write` writes, in the batch's arena. A mask can be longer than what it replaces.
template <typename Write>
std::string_view written(Batch& batch, std::size_t bytes_expected, Write write) {
  for (std::size_t capacity = bytes_expected + 64;; capacity *= 2) {
    wire::JsonWriter out(batch.allocate(capacity), capacity);
    write(out);
    if (!out.overflowed()) return out.text();
  }
}

std::string_view kept(Batch& batch, std::string_view text) {
  char* const bytes = batch.allocate(text.size());
  text.copy(bytes, text.size());
  return {bytes, text.size()};
}

// What a JSON string of an identifier means: its only escapes are \" and \\, since it has no
// control characters.
std::string_view identifier_text(Batch& batch, std::string_view json) {
  const std::string_view quoted = json.substr(1, json.size() - 2);
  if (quoted.find('\\') == std::string_view::npos) return quoted;
  char* const begin = batch.allocate(quoted.size());
  char* end = begin;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\') ++i;
    *end++ = quoted[i];
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

// `name` with a number, as the SDK's masks of names have one: "[email 2]".
std::string_view numbered(Batch& batch, std::string_view name, int number) {
  const std::size_t behind = name.ends_with(']') ? 1 : 0;
  std::string result(name.substr(0, name.size() - behind));
  result += " " + std::to_string(number);
  result += name.substr(name.size() - behind);
  return kept(batch, result);
}

// Two names masked to the same would be one member of a JSON object twice, of which most readers
// keep the last: "[email]", "[email 2]", "[email 3]".
template <typename Fields>
void tell_names_apart(Batch& batch, Fields& fields) {
  int number = 1;  // grows through all fields, so that few tries fail
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const std::string_view masked = field->name;
    const auto taken = [&] {
      return std::any_of(fields.begin(), field,
                         [&](const auto& other) { return other.name == field->name; });
    };
    while (taken()) field->name = numbered(batch, masked, ++number);
  }
}

// Checked by validate/, and made by no one's name; or never forwarded.
bool stays(FieldId id) noexcept {
  switch (id) {
    case FieldId::kEventType:
    case FieldId::kTimestamp:
    case FieldId::kSeq:
    case FieldId::kSchemaVersion:
    case FieldId::kEventId:
    case FieldId::kReceivedAt:
    case FieldId::kClockSkewMs:
      return true;
    default:
      return false;
  }
}

// Without rules for paths there is nothing to look up.
privacy::PathRules::State child_of(const privacy::RuleSet& rules,
                                   const privacy::PathRules::State& parent, std::string_view name) {
  return rules.paths().empty() ? privacy::PathRules::State() : rules.paths().child(parent, name);
}

bool is_allowed(const privacy::RuleSet& rules, const privacy::PathRules::State& state) {
  const privacy::Action* const action = rules.paths().action_of(state);
  return action != nullptr && action->kind == privacy::Action::Kind::kAllow;
}

// Masks by one set of rules.
class Masker {
 public:
  explicit Masker(const privacy::RuleSet& rules) noexcept : rules_(rules) {}

  void mask_envelope(Batch& batch) const;
  void mask_event(Batch& batch, Event& event) const;
  std::string_view dead_letter(Batch& batch, const Event& event) const;

 private:
  void mask_value(Batch& batch, Field& field) const;
  // Masks the name of a field that no stage knows; true if there was something to mask.
  bool mask_name(Field& field) const;
  // True if no rule for paths decides at `state` or below.
  bool is_undecided(const privacy::PathRules::State& state) const;
  // True if nothing of `json` changes, which stands under `name` with the rules for paths at
  // `state`.
  bool is_clean(const privacy::PathRules::State& state, std::string_view name,
                std::string_view json) const;
  // The same for an identifier, unescaped, but for the rules for paths.
  bool is_clean_text(std::string_view name, std::string_view text) const;
  std::string_view masked_json(Batch& batch, const privacy::PathRules::State& state,
                               std::string_view name, std::string_view json) const;
  // A JSON string of the identifier `text`, which stands under `name`.
  std::string_view masked_identifier(Batch& batch, std::string_view name,
                                     std::string_view text) const;
  privacy::PathRules::State state_of(std::string_view name) const;
  std::string_view masked_name(std::string_view name) const;

  const privacy::RuleSet& rules_;
};

void Masker::mask_envelope(Batch& batch) const {
  const auto context = state_of(wire::field::kContext);
  for (ContextField& field : batch.context) {
    const auto state = child_of(rules_, context, field.name);
    if (!is_clean(state, field.name, field.value))
      field.value = masked_json(batch, state, field.name, field.value);
    if (!is_allowed(rules_, state)) field.name = masked_name(field.name);
  }
  tell_names_apart(batch, batch.context);
  if (!rules_.paths().empty() || privacy::first_kind(rules_, batch.correlation_id)) {
    batch.correlation_id = identifier_text(
        batch, masked_identifier(batch, wire::field::kCorrelationId, batch.correlation_id));
  }
  if (batch.install_id.empty()) return;
  const std::string_view install_id =
      identifier_text(batch, masked_identifier(batch, wire::field::kInstallId, batch.install_id));
  for (Event& event : batch.events) event.install_id = install_id;
}

void Masker::mask_event(Batch& batch, Event& event) const {
  const auto fields = std::span(batch.fields).subspan(event.fields_begin, event.fields_count);
  const auto own = std::find_if(fields.begin(), fields.end(),
                                [](const Field& field) { return field.id == FieldId::kInstallId; });
  if (own != fields.end()) {
    own->value = masked_identifier(batch, own->name, own->text);
    event.install_id = identifier_text(batch, own->value);
  }
  bool names_masked = false;
  for (Field& field : fields) {
    if (stays(field.id) || field.id == FieldId::kInstallId) continue;
    mask_value(batch, field);
    if (field.id == FieldId::kOther) names_masked |= mask_name(field);
  }
  if (names_masked) tell_names_apart(batch, fields);
}

void Masker::mask_value(Batch& batch, Field& field) const {
  const bool identifier = field.kind == JsonKind::kString && field.id != FieldId::kOther;
  const bool content_clean = identifier ? is_clean_text(field.name, field.text)
                                        : !privacy::needs_masking(rules_, field.name, field.value);
  if (content_clean && rules_.paths().empty()) return;  // almost always
  const auto state = state_of(field.name);
  if (content_clean && is_undecided(state)) return;
  if (identifier) {
    field.value = masked_identifier(batch, field.name, field.text);
    field.text = identifier_text(batch, field.value);
  } else {
    field.value = masked_json(batch, state, field.name, field.value);
  }
}

bool Masker::mask_name(Field& field) const {
  if (is_allowed(rules_, state_of(field.name))) return false;
  const auto kind = privacy::first_kind(rules_, field.name);
  if (kind) field.name = privacy::mask_of(*kind);
  return kind.has_value();
}

std::string_view Masker::dead_letter(Batch& batch, const Event& event) const {
  if (!event.well_formed) {
    const std::size_t bytes = std::min(event.raw.size(), Scrubber::kBrokenBytesMax);
    return written(batch, bytes * 2, [&](wire::JsonWriter& out) {
      privacy::write_masked_bytes(rules_, event.raw, Scrubber::kBrokenBytesMax, out);
    });
  }
  const auto root = rules_.paths().root();
  return is_clean(root, "", event.raw) ? event.raw : masked_json(batch, root, "", event.raw);
}

privacy::PathRules::State Masker::state_of(std::string_view name) const {
  if (rules_.paths().empty()) return {};
  return rules_.paths().child(rules_.paths().root(), name);
}

bool Masker::is_undecided(const privacy::PathRules::State& state) const {
  return state.dead() && rules_.paths().action_of(state) == nullptr;
}

bool Masker::is_clean(const privacy::PathRules::State& state, std::string_view name,
                      std::string_view json) const {
  return is_undecided(state) && !privacy::needs_masking(rules_, name, json);
}

bool Masker::is_clean_text(std::string_view name, std::string_view text) const {
  return !rules_.removes(name) && !privacy::first_kind(rules_, text);
}

std::string_view Masker::masked_json(Batch& batch, const privacy::PathRules::State& state,
                                     std::string_view name, std::string_view json) const {
  return written(batch, json.size(), [&](wire::JsonWriter& out) {
    privacy::PathMasker(rules_, out).write(state, name, json);
  });
}

std::string_view Masker::masked_identifier(Batch& batch, std::string_view name,
                                           std::string_view text) const {
  return written(batch, text.size(), [&](wire::JsonWriter& out) {
    privacy::PathMasker(rules_, out).write_text(state_of(name), name, text);
  });
}

std::string_view Masker::masked_name(std::string_view name) const {
  const auto kind = privacy::first_kind(rules_, name);
  return kind ? privacy::mask_of(*kind) : name;
}

}  // namespace

Scrubber::Scrubber(privacy::RuleSet common) noexcept : common_(std::move(common)) {}

void Scrubber::apply_to_envelope(Batch& batch) const {
  Masker(rules_of(batch)).mask_envelope(batch);
}

void Scrubber::apply_to_event(Batch& batch, Event& event) const {
  const Masker masker(rules_of(batch));
  if (event.reject) {
    event.record = masker.dead_letter(batch, event);
  } else {
    masker.mask_event(batch, event);
  }
}

}  // namespace penstock::gateway
