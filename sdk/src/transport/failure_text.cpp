#include "transport/failure_text.hpp"

#include "transport/answer_reader.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {
namespace {

std::string_view meaning_of(int status) {
  if (status >= 200 && status <= 299) {
    return "but not with verdicts on this batch; is a captive portal or a proxy answering in the "
           "gateway's place?";
  }
  if (status >= 300 && status <= 399) {
    return "a redirect, which is not followed because it would hand the key to another server; set "
           "endpoint to the "
           "gateway's own address";
  }
  switch (status) {
    case 400:
      return "it does not take this format of a batch; update the gateway or the SDK";
    case 401:
      return "it does not know the write key; set write_key to one that the gateway's operator "
             "gave";
    case 403:
      return "the write key may not send here; ask the gateway's operator";
    case 404:
    case 405:
    case 410:
      return "nothing takes events at this address; see that endpoint names a gateway";
    case 407:
      return "it wants a user name and password; give them in proxy, as in "
             "\"http://user:password@host:port\"";
    case 413:
      return "the batch is too large for it";
    case 415:
      return "it does not take this compression or content type; set compression to one that it "
             "takes";
    case 429:
      return "it asks for a pause";
    case 503:
      return "it is not ready, or Kafka is away";
    default:
      return "it could not take the batch now";
  }
}

}  // namespace

std::string describe_failure(const https::Answer& answer, std::string_view gateway,
                             std::string_view secret) {
  if (answer.status == 0) return answer.error;
  std::string text(gateway);
  text += " answered ";
  text += std::to_string(answer.status);
  text += answer.status >= 200 && answer.status <= 299 ? ", " : ": ";
  text += meaning_of(answer.status);
  if (!answer.content_type.starts_with(wire::kContentTypeProblem)) return text;
  const std::string problem = read_problem(answer.body, secret);
  if (!problem.empty()) text += " (" + problem + ")";
  return text;
}

}  // namespace penstock::transport
