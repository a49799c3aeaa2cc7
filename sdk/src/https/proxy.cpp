#include "https/proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock::https {
namespace {

constexpr std::size_t kCredentialBytesMax = 255;  // SOCKS5's; and a bound for HTTP's

Status invalid(const std::string& what) {
  return {StatusCode::kInvalidOption,
          what + "; it looks like \"http://user:password@proxy.example.com:3128\""};
}

// nullopt if a '%' is not followed by two hexadecimal digits, or means a NUL.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
    if (error != std::errc() || end != digits + 2 || value == 0) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

// Takes "scheme://" off; false for one that is not spoken here.
bool take_scheme(std::string_view& text, Proxy& proxy) {
  const auto end = text.find("://");
  std::string scheme(text.substr(0, end == std::string_view::npos ? 0 : end));
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  if (end != std::string_view::npos) text.remove_prefix(end + 3);
  proxy.address.tls = scheme == "https";
  proxy.address.port = proxy.address.tls ? 443 : 80;
  if (scheme == "socks5" || scheme == "socks5h") {
    proxy.kind = Proxy::Kind::kSocks5;
    proxy.address.port = 1080;
    return true;
  }
  return scheme.empty() || scheme == "http" || scheme == "https";
}

const char* take_credentials(std::string_view& text, Proxy& proxy) {
  const auto end = text.rfind('@');
  if (end == std::string_view::npos) return nullptr;
  const std::string_view credentials = text.substr(0, end);
  text.remove_prefix(end + 1);
  const auto colon = std::min(credentials.find(':'), credentials.size());
  const auto user = percent_decoded(credentials.substr(0, colon));
  const auto password =
      percent_decoded(credentials.substr(std::min(colon + 1, credentials.size())));
  if (!user || !password) return "has a '%' in its user name or password that begins no %xx";
  if (user->empty() || user->find(':') != std::string::npos) return "has no valid user name";
  if (user->size() > kCredentialBytesMax || password->size() > kCredentialBytesMax) {
    return "has a user name or password of more than 255 bytes";
  }
  proxy.user = *user;
  proxy.password = *password;
  proxy.has_credentials = true;
  return nullptr;
}

}  // namespace

std::string Proxy::authorization() const {
  const std::string plain = user + ":" + password;
  std::vector<unsigned char> base64(4 * (plain.size() / 3 + 1) + 1);
  EVP_EncodeBlock(base64.data(), reinterpret_cast<const unsigned char*>(plain.data()),
                  static_cast<int>(plain.size()));
  return "Basic " + std::string(reinterpret_cast<const char*>(base64.data()));
}

Result<Proxy> parse_proxy(const std::string& text) {
  Proxy proxy;
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!printable) return invalid("has spaces or characters outside of ASCII");
  std::string_view rest = text;
  if (!take_scheme(rest, proxy)) {
    return invalid("has a scheme other than http, https, socks5 and socks5h");
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const char* problem = take_credentials(rest, proxy)) return invalid(problem);
  if (const char* problem = read_host_and_port(rest, proxy.address)) return invalid(problem);
  return proxy;
}

std::string describe_407(const std::string& proxy, bool credentials_given) {
  return "the proxy " + proxy +
         (credentials_given
              ? " answered 407: it does not take this user name and password (Basic is all that is "
                "spoken here); correct them in proxy or the environment"
              : " answered 407: it wants a user name and password; give them in proxy or the "
                "environment, as in \"http://user:password@host:port\"");
}

}  // namespace penstock::https
