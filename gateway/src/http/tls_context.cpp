#include "tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "file_fault.hpp"

namespace penstock::gateway {
namespace {

// Forward secrecy and authenticated encryption only: Mozilla's "intermediate" list without the
// finite-field exchange, which is slow and which no client of TLS 1.2 needs.
constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr unsigned char kHttp11[] = "\x08http/1.1";  // as ALPN writes it: length, name
constexpr std::string_view kSessionContext = "penstock";

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw std::runtime_error(file + ": " + what);
}

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown" : reason;
}

// Before OpenSSL opens it, whose errors name neither the file nor the reason.
void require_readable(const std::string& file) {
  const auto fault = file_fault(file);
  if (!fault.empty()) refuse(file, fault);
}

std::string date_of(const ASN1_TIME* time) {
  std::tm date{};
  char text[32] = "an unreadable date";
  if (ASN1_TIME_to_tm(time, &date) == 1) std::strftime(text, sizeof text, "%F %T UTC", &date);
  return text;
}

std::string name_in_file(std::size_t index) {
  return index == 0 ? "the certificate" : "certificate " + std::to_string(index + 1) + " in it";
}

void require_valid_today(const X509* certificate, std::size_t index, const std::string& file) {
  const auto* begin = X509_get0_notBefore(certificate);
  const auto* end = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(begin) > 0)
    refuse(file, name_in_file(index) + " is valid only from " + date_of(begin) +
                     "; check the clock of this machine");
  if (X509_cmp_current_time(end) < 0)
    refuse(file, name_in_file(index) + " expired on " + date_of(end) + "; renew it");
}

// Clients build the chain in the order in which it is sent (RFC 5246, 7.4.2).
void require_chain(const std::vector<const X509*>& chain, const std::string& file) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    require_valid_today(chain[i], i, file);
    if (i == 0) continue;
    if (X509_check_issued(const_cast<X509*>(chain[i]), const_cast<X509*>(chain[i - 1])) !=
        X509_V_OK)
      refuse(file, name_in_file(i) +
                       " did not sign the one above it; put the server's own first, "
                       "then each one's issuer, and nothing else");
  }
}

// What else a file of PEM holds: "-----BEGIN <this>-----".
bool holds(const std::string& file, std::string_view what) {
  std::ifstream stream(file, std::ios::binary);
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with("-----BEGIN ") && line.find(what) != std::string::npos) return true;
  return false;
}

int select_http11(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                  const unsigned char* offered, unsigned int offered_length, void*) {
  unsigned char* match = nullptr;
  const int result = SSL_select_next_proto(&match, chosen_length, kHttp11, sizeof kHttp11 - 1,
                                           offered, offered_length);
  *chosen = match;
  // RFC 7301, 3.2: a client that offers only what we do not speak is told so by an alert.
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Else OpenSSL would ask for the passphrase on the terminal, and wait.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::string private_key_warning(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return {};
  constexpr mode_t kForOthers = S_IWGRP | S_IRWXO;  // its group may be those that serve with it
  if ((status.st_mode & kForOthers) == 0) return {};
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
  return file +
         ": any user of this machine may read the private key, or its group change it (mode " +
         mode + "); chmod 600, or 640 for a group of those that serve with it";
}

TlsContext::TlsContext(const TlsSettings& settings)
    : TlsContext(settings, std::make_shared<TicketKeys>(settings.ticket_period)) {}

TlsContext::TlsContext(const TlsSettings& settings, const TlsContext& before)
    : TlsContext(settings, before.ticket_keys_) {}

TlsContext::TlsContext(const TlsSettings& settings, std::shared_ptr<TicketKeys> ticket_keys)
    : ticket_keys_(std::move(ticket_keys)), context_(SSL_CTX_new(TLS_server_method())) {
  if (context_ == nullptr) throw std::runtime_error("OpenSSL cannot start: " + openssl_reason());
  ERR_clear_error();
  restrict_protocol(settings.tls13_only);
  load_certificate(settings.certificate_file);
  load_private_key(settings);
  SSL_CTX_set_timeout(context_.get(), static_cast<long>(settings.ticket_period.count()));
  ticket_keys_->seal_tickets_of(context_.get());
}

void TlsContext::restrict_protocol(bool tls13_only) {
  auto* context = context_.get();
  SSL_CTX_set_min_proto_version(context, tls13_only ? TLS1_3_VERSION : TLS1_2_VERSION);
  if (SSL_CTX_set_cipher_list(context, kTls12Ciphers) != 1)
    throw std::runtime_error("OpenSSL knows none of the gateway's ciphers: " + openssl_reason());
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // RELEASE_BUFFERS: an idle connection gives its 16 KiB back; with ten thousand of them that
  // counts for more than the malloc of each request.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);  // a record with one system call instead of two
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets resume without it
  SSL_CTX_set_alpn_select_cb(context, select_http11, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
}

void TlsContext::load_certificate(const std::string& file) {
  require_readable(file);
  if (SSL_CTX_use_certificate_chain_file(context_.get(), file.c_str()) != 1) {
    if (holds(file, "PRIVATE KEY") && !holds(file, "CERTIFICATE"))
      refuse(file, "is a private key where the certificate belongs; perhaps the two are swapped");
    refuse(file, "is not a certificate in PEM (" + openssl_reason() +
                     "); it must begin with -----BEGIN CERTIFICATE-----, the server's own first");
  }
  require_chain(chain(), file);
}

std::vector<const X509*> TlsContext::chain() const {
  std::vector<const X509*> chain{SSL_CTX_get0_certificate(context_.get())};
  STACK_OF(X509)* others = nullptr;
  SSL_CTX_get0_chain_certs(context_.get(), static_cast<void*>(&others));
  for (int i = 0; i < sk_X509_num(others); ++i) chain.push_back(sk_X509_value(others, i));
  return chain;
}

std::chrono::seconds TlsContext::valid_until() const {
  auto first = std::chrono::seconds::max();
  for (const X509* certificate : chain()) {
    std::tm date{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &date) != 1) continue;
    first = std::min(first, std::chrono::seconds(timegm(&date)));
  }
  return first;
}

void TlsContext::load_private_key(const TlsSettings& settings) {
  const std::string& file = settings.private_key_file;
  require_readable(file);
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey_file(context_.get(), file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const auto error = ERR_peek_error();
    if (ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH)
      refuse(file, "does not belong to the certificate in " + settings.certificate_file +
                       "; give the key that the certificate was requested with");
    if (holds(file, "CERTIFICATE") && !holds(file, "PRIVATE KEY"))
      refuse(file, "is a certificate where its private key belongs; perhaps the two are swapped");
    if (!holds(file, "PRIVATE KEY"))
      refuse(file, "is not a private key in PEM; it must begin with -----BEGIN PRIVATE KEY-----");
    refuse(file, "is not a private key in PEM that can be read without a passphrase (" +
                     openssl_reason() + "); decrypt it with: openssl pkey -in " + file);
  }
}

}  // namespace penstock::gateway
