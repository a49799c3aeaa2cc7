// Findings lie in order inside the text, the cheap check never rules out a text that has one, and
// text whose findings are masked has none.
#include <cstddef>
#include <cstdint>
#include <string>

#include "check.hpp"
#include "privacy/detectors.hpp"

namespace {

using namespace penstock::privacy;

std::string masked(const RuleSet& rules, const std::string& text) {
  std::string result;
  std::size_t from = 0;
  while (const auto finding = find_personal_data(rules, text, from)) {
    PENSTOCK_CHECK(finding->offset >= from && finding->length > 0);
    PENSTOCK_CHECK(finding->offset + finding->length <= text.size());
    result.append(text, from, finding->offset - from);
    result += mask_of(finding->kind);
    from = finding->offset + finding->length;
  }
  PENSTOCK_CHECK(from == 0 || may_hold_personal_data(text));
  return result.append(text, from);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RuleSet rules;
  const std::string once = masked(rules, std::string(reinterpret_cast<const char*>(data), size));
  PENSTOCK_CHECK(masked(rules, once) == once);
  return 0;
}
