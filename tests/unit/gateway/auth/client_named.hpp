#pragma once

#include <memory>
#include <string>
#include <utility>

#include "auth/key_store.hpp"

namespace penstock::gateway {

// A client of this id, without limits of its own.
inline std::shared_ptr<const ClientKey> client_named(std::string id) {
  auto key = std::make_shared<ClientKey>();
  key->id = std::move(id);
  return key;
}

}  // namespace penstock::gateway
