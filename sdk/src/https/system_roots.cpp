#include "https/system_roots.hpp"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace penstock::https {
namespace {

// For an OpenSSL that was built with a prefix of its own, whose default paths are empty.
constexpr std::array kBundles = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // newer Fedora, CentOS
    "/etc/ssl/cert.pem",                                  // Alpine
};

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { closedir(folder); }
};

// As OpenSSL looks them up: "<hash of the name>.<number>".
bool is_hashed_name(std::string_view name) {
  if (name.size() < 10 || name[8] != '.') return false;
  for (const char c : name.substr(0, 8)) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return false;
  }
  return true;
}

bool holds_certificates(const std::string& folder) {
  const std::unique_ptr<DIR, CloseFolder> open_folder(opendir(folder.c_str()));
  if (!open_folder) return false;
  while (const dirent* entry = readdir(open_folder.get())) {
    if (is_hashed_name(entry->d_name)) return true;
  }
  return false;
}

bool trust_directories(SSL_CTX* context, const std::string& directories) {
  bool found = false;
  for (std::size_t begin = 0; begin <= directories.size();) {
    const std::size_t end = std::min(directories.find(':', begin), directories.size());
    const std::string folder = directories.substr(begin, end - begin);
    if (holds_certificates(folder) && SSL_CTX_load_verify_dir(context, folder.c_str()) == 1) {
      found = true;  // OpenSSL reads what it needs of it at each handshake
    }
    begin = end + 1;
  }
  return found;
}

std::string from_environment_or(const char* variable, const char* otherwise) {
  const char* value = secure_getenv(variable);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

// They are read later, when the program may have gone elsewhere.
std::string absolute(const std::string& path) {
  std::error_code error;
  const auto found = std::filesystem::absolute(path, error);
  return error ? path : found.string();
}

std::string absolute_each(const std::string& directories) {
  std::string all;
  for (std::size_t begin = 0; begin <= directories.size();) {
    const std::size_t end = std::min(directories.find(':', begin), directories.size());
    if (begin != 0) all += ':';
    if (end != begin) all += absolute(directories.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

}  // namespace

SystemRoots::SystemRoots(std::string file, std::string directories, bool chosen)
    : file_(std::move(file)), directories_(std::move(directories)), chosen_(chosen) {}

SystemRoots SystemRoots::from_environment() {
  const std::string default_file = X509_get_default_cert_file();
  const std::string default_directory = X509_get_default_cert_dir();
  std::string file = from_environment_or(X509_get_default_cert_file_env(), default_file.c_str());
  std::string directories =
      from_environment_or(X509_get_default_cert_dir_env(), default_directory.c_str());
  const bool chosen = file != default_file || directories != default_directory;
  return {absolute(file), absolute_each(directories), chosen};
}

std::string SystemRoots::load_into(SSL_CTX* context) const {
  const bool from_file = SSL_CTX_load_verify_file(context, file_.c_str()) == 1;
  bool found = trust_directories(context, directories_) || from_file;
  std::string tried = file_ + ", " + directories_;
  for (const char* bundle : kBundles) {
    if (found || chosen_) break;
    tried += std::string(", ") + bundle;
    found = SSL_CTX_load_verify_file(context, bundle) == 1;
  }
  ERR_clear_error();
  if (found) return {};
  return "no certificate authorities were found to verify the gateway with; tried " + tried +
         (chosen_ ? ", as SSL_CERT_FILE and SSL_CERT_DIR say; correct these"
                  : "; install ca-certificates, or name them with ca_file");
}

}  // namespace penstock::https
