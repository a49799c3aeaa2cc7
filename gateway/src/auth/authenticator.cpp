#include "authenticator.hpp"

#include <algorithm>
#include <cctype>

namespace penstock::gateway {
namespace {

// What follows the scheme "Bearer" (in any case) and at least one space; "" if that is not what it
// is.
std::string_view bearer_key(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  const bool is_bearer =
      std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char expected, char c) {
        return expected == std::tolower(static_cast<unsigned char>(c));
      });
  if (!is_bearer) return {};
  const auto begin = authorization.find_first_not_of(' ', kScheme.size());
  if (begin == std::string_view::npos) return {};
  return authorization.substr(begin, authorization.find_last_not_of(' ') - begin + 1);
}

}  // namespace

Outcome<std::shared_ptr<const ClientKey>> Authenticator::authenticate(
    const RequestHead& head) const {
  const auto key = bearer_key(head.authorization);
  if (key.empty()) {
    return Problem{401,
                   "missing_key",
                   "send the write key as the header \"Authorization: Bearer <write key>\"",
                   {}};
  }
  auto client = keys_.find(key);
  if (!client) {
    return Problem{
        401,
        "unknown_key",
        "no client of this gateway has this write key; check that it is complete and not revoked",
        {}};
  }
  return client;
}

}  // namespace penstock::gateway
