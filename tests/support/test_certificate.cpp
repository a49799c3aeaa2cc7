#include "support/test_certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace penstock::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using File = std::unique_ptr<std::FILE, Free>;

constexpr long kDaySeconds = 24L * 60 * 60;

void require(bool done, const std::string& what) {
  if (!done) throw std::runtime_error("the test certificate could not be made: " + what);
}

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

// Valid from `begin` to `end`, in seconds from now; not signed yet.
Certificate new_certificate(const char* name, EVP_PKEY* key, long begin, long end) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, name);
  X509* x509 = certificate.get();
  std::uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1, "serial");
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), begin);
  X509_gmtime_adj(X509_getm_notAfter(x509), end);
  X509_set_pubkey(x509, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "signature");
}

Certificate new_authority(EVP_PKEY* key) {
  auto authority = new_certificate("Penstock test authority", key, -2 * kDaySeconds, kDaySeconds);
  add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign");
  add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  sign(authority.get(), authority.get(), key);
  return authority;
}

Certificate new_server(CertificateKind kind, EVP_PKEY* key, X509* authority,
                       EVP_PKEY* authority_key) {
  const long end = kind == CertificateKind::kExpired ? -kDaySeconds : kDaySeconds;
  const char* hosts = kind == CertificateKind::kWrongHost ? "DNS:wrong.host.example"
                                                          : "DNS:localhost,IP:127.0.0.1,IP:::1";
  const bool in_subject = kind == CertificateKind::kNameInSubject;
  auto server = new_certificate(in_subject ? "localhost" : "Penstock test server", key,
                                -2 * kDaySeconds, end);
  if (!in_subject) add_extension(server.get(), authority, NID_subject_alt_name, hosts);
  add_extension(server.get(), authority, NID_ext_key_usage,
                kind == CertificateKind::kClient ? "clientAuth" : "serverAuth");
  // All test authorities have one name: this tells them apart.
  add_extension(server.get(), authority, NID_authority_key_identifier, "keyid:always");
  sign(server.get(), authority, authority_key);
  return server;
}

File open_to_write(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"));
  require(file != nullptr, path.string());
  return file;
}

}  // namespace

TestCertificate::TestCertificate(const std::filesystem::path& directory, CertificateKind kind)
    : ca_file_(directory / "ca.pem"),
      certificate_file_(directory / "server.pem"),
      key_file_(directory / "server.key") {
  const auto authority_key = new_key();
  const auto authority = new_authority(authority_key.get());
  const auto server_key = new_key();
  const auto server = new_server(kind, server_key.get(), authority.get(), authority_key.get());

  require(PEM_write_X509(open_to_write(ca_file_).get(), authority.get()) == 1, "ca.pem");
  require(PEM_write_X509(open_to_write(certificate_file_).get(), server.get()) == 1, "server.pem");
  require(PEM_write_PrivateKey(open_to_write(key_file_).get(), server_key.get(), nullptr, nullptr,
                               0, nullptr, nullptr) == 1,
          "server.key");
  std::filesystem::permissions(
      key_file_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace penstock::test
