#include <array>

#include "privacy/values.hpp"

namespace penstock::corpus {
namespace {

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex = "0123456789abcdef";

std::string word(Random& random) { return random.of("abcdefghijklmnopqrstuvwxyz", 8); }

}  // namespace

// RFC 7519: {"alg" and {"sub" in base64url, and a signature.
Value jwt(Random& random) {
  return "eyJhbGciOiJ" + random.of(kBase64Url, random.between(10, 26)) + ".eyJ" +
         random.of(kBase64Url, random.between(40, 160)) + "." + random.of(kBase64Url, 43);
}

Value authorization(Random& random) {
  const std::string token = random.of(kAlphanumeric, random.between(24, 60));
  switch (random.below(4)) {
    case 0:
      return {"Authorization: Bearer " + token, token};
    case 1:
      return {"bearer " + token, token};
    case 2: {
      const std::string basic = random.of(kAlphanumeric, 22) + "==";
      return {"Authorization: Basic " + basic, basic};
    }
    default:
      return {"'Authorization': 'Bearer " + token + "'", token};
  }
}

// The forms that the companies publish.
Value api_key(Random& random) {
  switch (random.below(13)) {
    case 0:
      return (random.chance(2) ? "AKIA" : "ASIA") + random.of(kCapitals, 16);
    case 1:
      return "ghp_" + random.of(kAlphanumeric, 36);
    case 2:
      return "github_pat_" + random.of(kAlphanumeric, 22) + "_" + random.of(kAlphanumeric, 59);
    case 3:
      return "glpat-" + random.of(kBase64Url.substr(0, 62), 20);
    case 4:
      return "xoxb-" + random.digits(12) + "-" + random.digits(13) + "-" +
             random.of(kAlphanumeric, 24);
    case 5:
      return (random.chance(2) ? "sk_live_" : "rk_live_") + random.of(kAlphanumeric, 24);
    case 6:
      return "AIza" + random.of(kBase64Url, 35);
    case 7:
      return "sk-proj-" + random.of(kAlphanumeric, 48);
    case 8:
      return "sk-" + random.of(kAlphanumeric, 48);
    case 9:
      return "sk-ant-api03-" + random.of(kBase64Url.substr(0, 62), 93) + "AA";
    case 10:
      return "npm_" + random.of(kAlphanumeric, 36);
    case 11:
      return "pypi-AgEIcHlwaS5vcmc" + random.of(kBase64Url.substr(0, 62), 60);
    default:
      return "gho_" + random.of(kAlphanumeric, 36);
  }
}

Value secret_in_url(Random& random) {
  const std::string secret = random.of(kAlphanumeric, random.between(8, 32));
  const std::string host = word(random) + ".example.com";
  switch (random.below(6)) {
    case 0:
      return {"https://" + word(random) + ":" + secret + "@" + host + "/path", secret};
    case 1:
      return {"https://" + host + "/login?user=7&password=" + secret, secret};
    case 2:
      return {"https://" + host + "/cb?access_token=" + secret + "&state=1", secret};
    case 3:
      return {"GET /v1/items?api_key=" + secret + "&page=2", secret};
    case 4:
      return {"https://" + host + "/reset?token=" + secret, secret};
    default:
      return {"ftp://" + word(random) + ":" + secret + "@" + host, secret};
  }
}

Value connection_string(Random& random) {
  const std::string secret = random.of(kAlphanumeric, random.between(8, 24));
  const std::string host = word(random);
  switch (random.below(6)) {
    case 0:
      return {"postgres://app:" + secret + "@" + host + ":5432/orders", secret};
    case 1:
      return {"mongodb+srv://app:" + secret + "@" + host + ".mongodb.net/test", secret};
    case 2:
      return {"Server=" + host + ";Database=orders;User Id=app;Password=" + secret + ";", secret};
    case 3:
      return {"host=" + host + " user=app password=" + secret + " dbname=orders", secret};
    case 4:
      return {"redis://:" + secret + "@" + host + ":6379/0", secret};
    default:
      return {"DefaultEndpointsProtocol=https;AccountName=" + host + ";AccountKey=" + secret +
                  "==;EndpointSuffix=core.windows.net",
              secret};
  }
}

// RFC 7468.
Value private_key(Random& random) {
  const std::string kind = random.one_of(std::array<const char*, 4>{"", "RSA ", "EC ", "OPENSSH "});
  std::string body;
  for (std::size_t lines = random.between(3, 26); lines > 0; --lines)
    body += random.of(kAlphanumeric, 64) + "\n";
  body += random.of(kHex, 20) + "==\n";
  return {
      "-----BEGIN " + kind + "PRIVATE KEY-----\n" + body + "-----END " + kind + "PRIVATE KEY-----",
      body};
}

}  // namespace penstock::corpus
