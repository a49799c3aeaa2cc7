// Whose request is it?
#pragma once

#include <memory>

#include "key_store.hpp"
#include "outcome.hpp"

namespace penstock::gateway {

// Any thread. `keys` must outlive it.
class Authenticator {
 public:
  explicit Authenticator(const KeyStore& keys) noexcept : keys_(keys) {}

  // The client whose key stands in "Authorization: Bearer <key>". Refuses with 401
  //   missing_key   no such header, another scheme, or an empty key
  //   unknown_key   no client has this key
  // The answer to a 401 carries "WWW-Authenticate: Bearer" (RFC 9110, 11.6.1). No text shows the
  // key.
  Outcome<std::shared_ptr<const ClientKey>> authenticate(const RequestHead& head) const;

 private:
  const KeyStore& keys_;
};

}  // namespace penstock::gateway
