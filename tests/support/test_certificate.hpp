// A certificate authority and a server certificate signed by it, made anew for each test.
#pragma once

#include <filesystem>

namespace penstock::test {

enum class CertificateKind {
  kValid,          // for localhost, 127.0.0.1 and ::1
  kExpired,        // the same, but its time ended yesterday
  kWrongHost,      // for wrong.host.example alone
  kClient,         // for a client, who shows it to servers
  kNameInSubject,  // for localhost by its subject's common name alone, as before RFC 2818
};

// Two of them do not trust each other. Immutable; the files stay when the object goes.
class TestCertificate {
 public:
  // Writes ca.pem, server.pem and server.key into `directory`, which must exist, over what is there
  // under these names. Throws std::runtime_error.
  explicit TestCertificate(const std::filesystem::path& directory,
                           CertificateKind kind = CertificateKind::kValid);

  const std::filesystem::path& ca_file() const { return ca_file_; }  // what a client trusts
  const std::filesystem::path& certificate_file() const { return certificate_file_; }
  const std::filesystem::path& key_file() const { return key_file_; }

 private:
  std::filesystem::path ca_file_;
  std::filesystem::path certificate_file_;
  std::filesystem::path key_file_;
};

}  // namespace penstock::test
