#include "https/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "https/pem.hpp"
#include "https/resolver.hpp"

namespace penstock::https {
namespace {

// The wire form of ALPN: a length, then the name. Without it a proxy may choose HTTP/2.
constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// What a person can do about a certificate that did not pass.
const char* cure_for(long verify_result) {
  switch (verify_result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "renew it there, or set this machine's clock";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "see that this machine's clock is right";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the option must give a name that is in the certificate";
    default:
      return "name its authority with ca_file, or install it into the system's (ca-certificates)";
  }
}

}  // namespace

TlsSession::TlsSession(SslHandle tls, std::string host)
    : method_(make_socket_bio_method()), tls_(std::move(tls)), host_(std::move(host)) {}

bool TlsSession::over(int socket) {
  return method_ != nullptr && begin(new_socket_bio(method_.get(), socket));
}

bool TlsSession::over(TlsSession& below) {
  BIO* bio = BIO_new(BIO_f_ssl());
  if (bio == nullptr) return false;
  BIO_set_ssl(bio, below.handle(), BIO_NOCLOSE);
  return begin(bio);
}

bool TlsSession::begin(BIO* bio) {
  if (bio == nullptr) return false;
  SSL_set_bio(tls_.get(), bio, bio);  // which owns it
  SSL_set_connect_state(tls_.get());
  if (SSL_set_alpn_protos(tls_.get(), kAlpn, sizeof kAlpn) != 0) return false;
  if (is_ip_address(host_)) {  // which SNI does not allow
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host_.c_str()) == 1;
  }
  // RFC 9525: a name stands in the subject alternative names, for which an authority's constraints
  // hold.
  SSL_set_hostflags(tls_.get(),
                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // SSL_set_tlsext_host_name() without its cast; the name is copied.
  char* name = const_cast<char*>(host_.c_str());
  return SSL_ctrl(tls_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1 &&
         SSL_set1_host(tls_.get(), name) == 1;
}

short TlsSession::wanted_after(int result) const {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      return 0;
  }
}

bool TlsSession::shake_hands(short& wanted) {
  ERR_clear_error();
  errno = 0;
  const int done = SSL_do_handshake(tls_.get());
  wanted = done == 1 ? 0 : wanted_after(done);
  return done == 1;
}

std::ptrdiff_t TlsSession::read(char* out, std::size_t bytes_max, short& wanted) {
  ERR_clear_error();
  errno = 0;
  std::size_t bytes = 0;
  const int done = SSL_read_ex(tls_.get(), out, bytes_max, &bytes);
  if (done == 1) return static_cast<std::ptrdiff_t>(bytes);
  wanted = wanted_after(done);
  return SSL_get_error(tls_.get(), done) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

std::ptrdiff_t TlsSession::write(const char* data, std::size_t bytes, short& wanted) {
  ERR_clear_error();
  errno = 0;
  std::size_t written = 0;
  const int done = SSL_write_ex(tls_.get(), data, bytes, &written);
  if (done == 1) return static_cast<std::ptrdiff_t>(written);
  wanted = wanted_after(done);
  return -1;
}

bool TlsSession::quiet() {
  ERR_clear_error();
  char byte = 0;
  const int peeked = SSL_peek(tls_.get(), &byte, 1);  // also takes in session tickets
  return peeked <= 0 && SSL_get_error(tls_.get(), peeked) == SSL_ERROR_WANT_READ;
}

void TlsSession::say_farewell() noexcept {
  ERR_clear_error();
  SSL_shutdown(tls_.get());  // once: sends our close_notify, and waits for nothing
  ERR_clear_error();
}

std::string TlsSession::take_failure(int system_error) const {
  std::string tls_error = take_openssl_error("");
  if (!tls_error.empty()) return tls_error;
  return system_error == 0 ? "" : std::generic_category().message(system_error);
}

std::string TlsSession::certificate_problem() const {
  const long verified = SSL_get_verify_result(tls_.get());
  if (verified == X509_V_OK || SSL_get_verify_mode(tls_.get()) == SSL_VERIFY_NONE) return {};
  return X509_verify_cert_error_string(verified) + std::string("; ") + cure_for(verified);
}

}  // namespace penstock::https
