#include "ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

namespace penstock::gateway {
namespace {

// What SSL_CTX_set_tlsext_ticket_key_evp_cb(3) wants to hear.
constexpr int kFailed = -1, kUnknown = 0, kSealed = 1, kOpened = 1, kOpenedAndRenew = 2;

int index_of_keys() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

template <typename Secret>
void erase(std::optional<Secret>& secret) {
  if (secret) OPENSSL_cleanse(&*secret, sizeof *secret);
  secret.reset();
}

bool set_authentication(EVP_MAC_CTX* mac, TicketKeys::Key& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.authentication.data(),
                                        key.authentication.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int seal(TicketKeys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
  auto key = keys.current(TicketKeys::Clock::now());
  if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return kFailed;
  std::copy(key->name.begin(), key->name.end(), name);
  const bool ready =
      EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key->encryption.data(), iv, nullptr) == 1 &&
      set_authentication(mac, *key);
  erase(key);
  return ready ? kSealed : kFailed;
}

int open(TicketKeys& keys, const unsigned char* name, const unsigned char* iv,
         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  TicketKeys::Name wanted;
  std::copy_n(name, wanted.size(), wanted.begin());
  auto found = keys.find(wanted, TicketKeys::Clock::now());
  if (!found) return kUnknown;  // a whole handshake, and a new ticket
  const bool ready = EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), found->key.encryption.data(),
                                         iv, nullptr) == 1 &&
                     set_authentication(mac, found->key);
  const int opened = found->current ? kOpened : kOpenedAndRenew;
  erase(found);
  return ready ? opened : kFailed;
}

int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int sealing) {
  auto* const keys =
      static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), index_of_keys()));
  return sealing != 0 ? seal(*keys, name, iv, cipher, mac) : open(*keys, name, iv, cipher, mac);
}

}  // namespace

TicketKeys::~TicketKeys() {
  erase(current_);
  erase(previous_);
}

std::optional<TicketKeys::Key> TicketKeys::current(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  expire_locked(now);
  if (!current_) {
    Aged made{{}, now};
    auto& [name, encryption, authentication] = made.key;
    if (RAND_bytes(name.data(), static_cast<int>(name.size())) != 1 ||
        RAND_priv_bytes(encryption.data(), static_cast<int>(encryption.size())) != 1 ||
        RAND_priv_bytes(authentication.data(), static_cast<int>(authentication.size())) != 1) {
      return std::nullopt;
    }
    current_ = made;
    OPENSSL_cleanse(&made, sizeof made);
  }
  return current_->key;
}

std::optional<TicketKeys::Found> TicketKeys::find(const Name& name, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  expire_locked(now);
  if (current_ && current_->key.name == name) return Found{current_->key, true};
  if (previous_ && previous_->key.name == name) return Found{previous_->key, false};
  return std::nullopt;
}

void TicketKeys::expire(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  expire_locked(now);
}

void TicketKeys::expire_locked(Clock::time_point now) {
  if (current_ && now - current_->since >= period_) {
    erase(previous_);
    previous_ = current_;
    erase(current_);
  }
  if (previous_ && now - previous_->since >= 2 * period_) erase(previous_);
}

void TicketKeys::seal_tickets_of(SSL_CTX* context) {
  SSL_CTX_set_ex_data(context, index_of_keys(), this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key);
}

}  // namespace penstock::gateway
