#include "gateway_answer.hpp"

#include <nlohmann/json.hpp>

#include "record_view.hpp"
#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"

namespace penstock::ctl {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

}  // namespace

std::optional<GatewayVerdicts> read_verdicts(std::string_view body, std::size_t events) {
  const auto answer = wire::parse_bounded<json>(body);
  if (!answer.is_object()) return std::nullopt;
  const auto accepted = answer.find("accepted"), rejected = answer.find("rejected");
  if (accepted == answer.end() || !accepted->is_number_unsigned()) return std::nullopt;
  GatewayVerdicts verdicts;
  verdicts.accepted = accepted->get<std::uint64_t>();
  if (rejected != answer.end()) {
    if (!rejected->is_array()) return std::nullopt;
    for (const auto& verdict : *rejected) {
      if (!verdict.is_object()) return std::nullopt;
      ++verdicts.rejected;
      ++verdicts.codes[text_of(verdict, "code")];
    }
  }
  if (verdicts.accepted > events || verdicts.rejected != events - verdicts.accepted)
    return std::nullopt;
  return verdicts;
}

std::string problem_text(std::string_view body) {
  const auto problem = wire::parse_bounded<json>(body);
  if (!problem.is_object()) return "";
  const auto code = text_of(problem, "code"), detail = text_of(problem, "detail");
  return plain(code + (code.empty() || detail.empty() ? "" : ": ") + detail);
}

bool keeps_event_id(std::string_view value) {
  const auto event = wire::parse_bounded<json>(value);
  if (!event.is_object()) return false;
  const auto install = event.find(wire::field::kInstallId), seq = event.find(wire::field::kSeq);
  return install != event.end() && install->is_string() && seq != event.end() &&
         seq->is_number_unsigned();
}

}  // namespace penstock::ctl
