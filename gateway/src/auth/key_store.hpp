// The write keys that may send, known only by the SHA-256 digests of what they are.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "replaceable.hpp"
#include "request.hpp"

namespace penstock::gateway {

using KeyDigest = std::array<std::uint8_t, 32>;

// Of the key's bytes as they travel. Any thread; throws std::runtime_error if OpenSSL cannot.
KeyDigest digest_of(std::string_view key);

// Reads "sha256:" and 64 hex digits in either case. nullopt for all else.
std::optional<KeyDigest> parse_digest(std::string_view text) noexcept;

// Any thread.
//
// How long find() takes says nothing about a key: it compares digests, and whoever could measure
// how many bytes of two digests agree would still have to find a key whose digest begins with them.
class KeyStore {
 public:
  using Entry = std::pair<KeyDigest, std::shared_ptr<const ClientKey>>;

  explicit KeyStore(const std::vector<Entry>& entries);

  // The client whose key this is, or null.
  std::shared_ptr<const ClientKey> find(std::string_view presented_key) const;
  // From now on these, and no others.
  void replace(const std::vector<Entry>& entries);

 private:
  struct DigestHash {
    std::size_t operator()(const KeyDigest& digest) const noexcept;
  };

  using Clients = std::unordered_map<KeyDigest, std::shared_ptr<const ClientKey>, DigestHash>;

  Replaceable<const Clients> clients_;
};

}  // namespace penstock::gateway
