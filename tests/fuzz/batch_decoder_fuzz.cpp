// A body through the stages that look at it: what is refused says why, and the record of every
// event, accepted or not, is JSON that another library reads, within the limits and masked. The
// first byte says what the rest is:
//   n        lines of events (NDJSON)
//   g, z     JSON as it travelled, in gzip or zstd
//   G, Z     JSON that is to be compressed first: then it means the same as without
//   other    JSON
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "batch_check.hpp"

namespace {

using namespace penstock;
using namespace penstock::fuzz;
using namespace penstock::gateway;

Decoded decode(std::string_view type, std::string_view coding, std::string body) {
  RequestHead head;
  head.content_type = type;
  head.content_encoding = coding;
  return fuzz::decode(head, std::move(body));
}

void check_same(const Decoded& plain, const Decoded& inflated) {
  PENSTOCK_CHECK(plain.ok() == inflated.ok());
  if (!plain) {
    PENSTOCK_CHECK(plain.error().code == inflated.error().code);
    return;
  }
  const auto &a = (*plain)->events, &b = (*inflated)->events;
  PENSTOCK_CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) {
    return x.raw == y.raw && x.reject.has_value() == y.reject.has_value();
  }));
}

Decoded decode_input(char kind, std::string_view rest) {
  constexpr std::string_view kJson = "application/json";
  const std::string body(rest);
  if (kind == 'n') return decode("application/x-ndjson", "", body);
  if (kind == 'g') return decode(kJson, "gzip", body);
  if (kind == 'z') return decode(kJson, "zstd", body);
  Decoded plain = decode(kJson, "", body);
  if (kind == 'G') check_same(plain, decode(kJson, "gzip", gzipped(rest)));
  if (kind == 'Z') check_same(plain, decode(kJson, "zstd", zstandard(rest)));
  return plain;
}

// A list that another library reads has as many events, and none of them is called broken.
void check_against(const Json& list, const Decoded& decoded) {
  if (list.size() > kLimits.events_per_batch) {
    PENSTOCK_CHECK(!decoded && decoded.error().code == "too_many_events");
    return;
  }
  PENSTOCK_CHECK(decoded && (*decoded)->events.size() == list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& reject = (*decoded)->events[i].reject;
    if (!reject || !list[i].is_object()) continue;
    PENSTOCK_CHECK(reject->code != wire::RejectCode::kMalformedJson);
    PENSTOCK_CHECK(reject->code != wire::RejectCode::kInvalidUtf8);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char kind = static_cast<char>(data[0]);
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  Decoded decoded = decode_input(kind, rest);
  const bool is_plain = kind != 'n' && kind != 'g' && kind != 'z';
  if (is_plain && size < kLimits.inflated_bytes && rest.find('\0') == rest.npos) {
    const Json list = Json::parse(rest, nullptr, false);
    if (list.is_array()) check_against(list, decoded);
  }
  if (!decoded) {
    check_problem(decoded.error());
    return 0;
  }
  check_decoded(**decoded);
  check_stages(**decoded);
  return 0;
}
