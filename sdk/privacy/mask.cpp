#include "privacy/mask.hpp"

#include <algorithm>

#include "privacy/detectors.hpp"
#include "privacy/detectors/find.hpp"
#include "privacy/json_masker.hpp"
#include "privacy/text_findings.hpp"
#include "wire/utf8.hpp"

namespace penstock::privacy {
namespace {

// Each of the bytes that decide on a finding may be an escape of six, \u0040.
constexpr std::size_t kEscapedReachBytes = 6 * kReachBytes;

// Where to cut `bytes` so that at most `bytes_max` stay and no character is cut in two.
std::size_t cut_at(std::string_view bytes, std::size_t bytes_max) noexcept {
  if (bytes.size() <= bytes_max) return bytes.size();
  for (std::size_t back = 1; back <= 3 && back <= bytes_max; ++back) {
    const wire::Utf8Step step = wire::utf8_step(bytes.substr(bytes_max - back));
    if (step.valid) return step.bytes > back ? bytes_max - back : bytes_max;
  }
  return bytes_max;
}

// Replaces findings by their masks in the parts of a JSON string that it writes.
class MaskedString {
 public:
  MaskedString(std::string_view text, wire::JsonWriter& out) noexcept : text_(text), out_(out) {
    out_.raw('"');
  }
  void mask(const Finding& finding) noexcept { mask(finding, mask_of(finding.kind)); }
  void mask(const Finding& finding, std::string_view mask) noexcept {
    out_.string_part(text_.substr(copied_, finding.offset - copied_));
    out_.raw(mask);
    copied_ = finding.offset + finding.length;
    ++masked_;
  }
  // Writes what is left up to `end`.
  std::size_t finish(std::size_t end) noexcept {
    if (copied_ < end) out_.string_part(text_.substr(copied_, end - copied_));
    out_.raw('"');
    return masked_;
  }

 private:
  std::string_view text_;
  wire::JsonWriter& out_;
  std::size_t copied_ = 0;
  std::size_t masked_ = 0;
};

template <typename MaskOf>
std::size_t write_masked_by(const RuleSet& rules, std::string_view text, wire::JsonWriter& out,
                            MaskOf mask_of_kind) noexcept {
  if (!may_hold_personal_data(text)) {
    out.string(text);
    return 0;
  }
  TextFindings findings(rules, text, Escapes::kNone);
  auto finding = findings.next();
  if (!finding) {
    out.string(text);
    return 0;
  }
  MaskedString masked(text, out);
  for (; finding; finding = findings.next()) masked.mask(*finding, mask_of_kind(finding->kind));
  return masked.finish(text.size());
}

}  // namespace

std::optional<Kind> first_kind(const RuleSet& rules, std::string_view text) noexcept {
  if (!may_hold_personal_data(text)) return std::nullopt;
  const auto finding = TextFindings(rules, text, Escapes::kNone).next();
  return finding ? std::optional(finding->kind) : std::nullopt;
}

std::size_t write_masked(const RuleSet& rules, std::string_view text,
                         wire::JsonWriter& out) noexcept {
  return write_masked_by(rules, text, out, [](Kind kind) { return mask_of(kind); });
}

std::size_t write_masked_name(const RuleSet& rules, std::string_view name, NameMasks& masks,
                              wire::JsonWriter& out) noexcept {
  return write_masked_by(rules, name, out, [&](Kind kind) { return masks.next(kind, {}); });
}

std::size_t write_masked_json(const RuleSet& rules, std::string_view field_name,
                              std::string_view json, wire::JsonWriter& out) noexcept {
  const bool remove = rules.removes(field_name);
  const Look look = look_at(rules, json);
  if (remove || !look.clean) return JsonMasker(rules, json, look, &out).run(remove);
  out.raw(json);
  return 0;
}

std::size_t write_masked_bytes(const RuleSet& rules, std::string_view bytes, std::size_t bytes_max,
                               wire::JsonWriter& out) noexcept {
  const std::size_t end = cut_at(bytes, bytes_max);
  // What begins before the cut is seen whole. Broken JSON may hold escapes, which hide as much as
  // in whole one.
  TextFindings findings(rules, bytes.substr(0, std::min(bytes.size(), end + kEscapedReachBytes)),
                        Escapes::kNone);
  MaskedString masked(bytes, out);
  for (auto finding = findings.next(); finding && finding->offset < end;
       finding = findings.next()) {
    masked.mask(*finding);
  }
  return masked.finish(end);
}

bool needs_masking(const RuleSet& rules, std::string_view field_name,
                   std::string_view json) noexcept {
  const bool remove = rules.removes(field_name);
  const Look look = look_at(rules, json);
  if (!remove && look.clean) return false;
  return JsonMasker(rules, json, look, nullptr).run(remove) > 0;
}

}  // namespace penstock::privacy
