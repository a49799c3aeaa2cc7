#include "https/pem.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace penstock::https {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

Status refused(std::string why) { return {StatusCode::kInvalidOption, std::move(why)}; }

Bio reader_of(std::string_view pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

int give_no_passphrase(char*, int, int, void*) { return 0; }

Status check_file(const struct stat& file, Secrecy secrecy) {
  if (!S_ISREG(file.st_mode)) return refused("it is not a regular file");
  if (file.st_size > static_cast<off_t>(kPemBytesMax)) {
    return refused("it is larger than " + std::to_string(kPemBytesMax) + " bytes");
  }
  if (secrecy == Secrecy::kPrivate && (file.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0) {
    return refused("other users can read or change it; take that away with chmod 600");
  }
  return {};
}

}  // namespace

std::string take_openssl_error(const char* otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? otherwise : reason;
}

Result<std::string> read_pem_file(const std::string& path, Secrecy secrecy) {
  if (path.find('\0') != std::string::npos) return refused("its name holds a NUL byte");
  // NONBLOCK: a pipe must not hold up the program.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat about{};
  if (file.get() < 0 || fstat(file.get(), &about) != 0) {
    return refused(std::generic_category().message(errno));
  }
  if (Status status = check_file(about, secrecy); !status) return status;
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t bytes = ::read(file.get(), text.data() + size, text.size() - size);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return refused(std::generic_category().message(errno));
    if (bytes == 0) break;
    size += static_cast<std::size_t>(bytes);
  }
  text.resize(size);
  return text;
}

Result<std::vector<Certificate>> parse_certificates(std::string_view pem) {
  if (pem.size() > kPemBytesMax) {
    return refused("it is larger than " + std::to_string(kPemBytesMax) + " bytes");
  }
  ERR_clear_error();
  const Bio reader = reader_of(pem);
  std::vector<Certificate> certificates;
  while (X509* next = PEM_read_bio_X509_AUX(reader.get(), nullptr, give_no_passphrase, nullptr)) {
    certificates.emplace_back(next);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string why = take_openssl_error("no certificate in it");
  if (!at_end) return refused(why + "; it takes certificates in PEM form");
  if (certificates.empty()) return refused("no certificate in it; it takes them in PEM form");
  return certificates;
}

Result<PrivateKey> parse_private_key(std::string_view pem) {
  ERR_clear_error();
  const Bio reader = reader_of(pem);
  PrivateKey key(PEM_read_bio_PrivateKey(reader.get(), nullptr, give_no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) return refused("no private key in it; it takes one in PEM form, not encrypted");
  return key;
}

}  // namespace penstock::https
