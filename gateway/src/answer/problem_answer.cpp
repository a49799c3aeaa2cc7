#include "problem_answer.hpp"

#include "reason_phrase.hpp"
#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"
#include "wire/limits.hpp"

namespace penstock::gateway {

Answer problem_answer(const Problem& problem, std::string_view correlation_id) {
  // The client's own text comes back to it, but no more of it than the protocol allows.
  correlation_id = correlation_id.substr(0, wire::kHeaderValueBytesMax);
  constexpr std::size_t kConstantParts = 256;
  std::string body(kConstantParts + 2 * problem.code.size() +
                       6 * (problem.detail.size() + correlation_id.size()),
                   '\0');
  wire::JsonWriter out(body.data(), body.size());
  out.raw(R"({"type":"urn:penstock:problem:)");
  out.raw(problem.code);
  out.raw(R"(","title":)");
  out.string(reason_phrase(problem.status));
  out.raw(R"(,"status":)");
  out.number(std::int64_t{problem.status});
  out.raw(R"(,"detail":)");
  out.string(problem.detail);
  out.raw(R"(,"code":)");
  out.string(problem.code);
  if (!correlation_id.empty()) {
    out.raw(R"(,"correlationId":)");
    out.string(correlation_id);
  }
  out.raw('}');
  body.resize(out.size());

  Answer answer;
  answer.status = problem.status;
  answer.content_type = wire::kContentTypeProblem;
  answer.body = std::move(body);
  answer.retry_after_s = problem.retry_after_s;
  return answer;
}

}  // namespace penstock::gateway
