#include "https/client_tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "https/tls_gate.hpp"

namespace penstock::https {
namespace {

Status unusable(const std::string& what, const Status& why) {
  return {StatusCode::kInvalidOption, what + " cannot be used: " + why.message()};
}

std::string quoted(const char* option, const std::string& path) {
  return std::string(option) + " \"" + path + "\"";
}

}  // namespace

Result<std::shared_ptr<ClientTls>> ClientTls::create(const Settings& settings) {
  const InsideTls inside;
  // Also without verification: a wrong file is a mistake that had better show.
  std::shared_ptr<ClientTls> made(new ClientTls(!settings.dangerously_disable_tls_verification),
                                  [](ClientTls* gone) {
                                    if (is_tls_closed_for_good()) return;  // OpenSSL is no more
                                    const InsideTls inside_too;
                                    delete gone;
                                  });
  if (!settings.ca_file.empty()) {
    const auto pem = read_pem_file(settings.ca_file, Secrecy::kPublic);
    if (Status status = made->trust(quoted("ca_file", settings.ca_file), pem); !status)
      return status;
  }
  if (!settings.ca_pem.empty()) {
    if (Status status = made->trust("ca_pem", settings.ca_pem); !status) return status;
  }
  if (!settings.client_certificate_file.empty()) {
    if (Status status = made->identify(settings); !status) return status;
  }
  auto pins = PublicKeyPins::parse(settings.pinned_public_keys);
  if (!pins) return pins.status();
  made->pins_ = *std::move(pins);
  return made;
}

Status ClientTls::trust(const std::string& what, const Result<std::string>& pem) {
  if (!pem) return unusable(what, pem.status());
  auto certificates = parse_certificates(*pem);
  if (!certificates) return unusable(what, certificates.status());
  authorities_.insert(authorities_.end(), std::make_move_iterator(certificates->begin()),
                      std::make_move_iterator(certificates->end()));
  return {};
}

Status ClientTls::identify(const Settings& settings) {
  const std::string certificate =
      quoted("client_certificate_file", settings.client_certificate_file);
  const auto certificate_pem = read_pem_file(settings.client_certificate_file, Secrecy::kPublic);
  if (!certificate_pem) return unusable(certificate, certificate_pem.status());
  auto chain = parse_certificates(*certificate_pem);
  if (!chain) return unusable(certificate, chain.status());

  const std::string key = quoted("client_key_file", settings.client_key_file);
  auto key_pem = read_pem_file(settings.client_key_file, Secrecy::kPrivate);
  if (!key_pem) return unusable(key, key_pem.status());
  auto parsed = parse_private_key(*key_pem);
  OPENSSL_cleanse(key_pem->data(), key_pem->size());
  if (!parsed) return unusable(key, parsed.status());

  const bool pair = X509_check_private_key(chain->front().get(), parsed->get()) == 1;
  ERR_clear_error();
  if (!pair) {
    return {StatusCode::kInvalidOption,
            key + " is not the key of the first certificate in " + certificate +
                "; name a pair, the client's own certificate before those of its authorities"};
  }
  chain_ = *std::move(chain);
  key_ = *std::move(parsed);
  return {};
}

bool ClientTls::same_as(const ClientTls& other) const {
  const auto same = [](const Certificate& one, const Certificate& another) {
    return X509_cmp(one.get(), another.get()) == 0;
  };
  const auto all_same = [&](const auto& some, const auto& others) {
    return std::equal(some.begin(), some.end(), others.begin(), others.end(), same);
  };
  // The first certificate says which key it is
  return verify_ == other.verify_ && roots_ == other.roots_ && pins_ == other.pins_ &&
         all_same(authorities_, other.authorities_) && all_same(chain_, other.chain_);
}

std::string ClientTls::make_context() {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, FreeSslCtx> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return take_openssl_error("no memory for TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // RELEASE_BUFFERS: an idle connection gives its 34 KiB back. The others: a write may be cut
  // short, and be repeated from another address, as with a plain socket.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), verify_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  for (const Certificate& authority : authorities_) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get());
  }
  if (verify_ && authorities_.empty()) {
    if (std::string problem = roots_.load_into(context.get()); !problem.empty()) return problem;
  }
  ERR_clear_error();
  context_ = std::move(context);
  return {};
}

SslHandle ClientTls::new_session(TlsPeer peer, std::string& error) {
  if (!context_) error = make_context();
  if (!context_) return nullptr;
  SslHandle tls(SSL_new(context_.get()));
  const bool identify = peer == TlsPeer::kServer && !chain_.empty();
  if (tls && (!identify || show_certificate(tls.get()))) return tls;
  error = "TLS cannot be set up: " + take_openssl_error("out of memory");
  return nullptr;
}

bool ClientTls::show_certificate(SSL* tls) const {
  if (SSL_use_certificate(tls, chain_.front().get()) != 1) return false;
  for (std::size_t i = 1; i < chain_.size(); ++i) {
    if (SSL_add1_chain_cert(tls, chain_[i].get()) != 1) return false;
  }
  return SSL_use_PrivateKey(tls, key_.get()) == 1;
}

void ClientTls::forget_system_roots() noexcept {
  if (authorities_.empty()) context_.reset();
}

}  // namespace penstock::https
