#include "connection_fault.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>

namespace penstock::gateway {
namespace {

struct Kind {
  std::string_view mark;  // in librdkafka's text
  std::string_view what;
  std::string_view and_mark = "";  // in the text as well
};

constexpr std::string_view kSpeaksTls =
    "TLS is spoken to a port that has none; give kafka.brokers a port with TLS, or set "
    "kafka.properties: security.protocol to plaintext or sasl_plaintext";
// A broker that dies looks the same: these two must not claim more than is known.
constexpr std::string_view kPerhapsSpeaksTls =
    "the connection was closed at the TLS handshake; if that port has no TLS, give kafka.brokers "
    "one that has, or set kafka.properties: security.protocol to plaintext or sasl_plaintext";
constexpr std::string_view kPerhapsSpeaksPlain =
    "the connection was closed at the first request; if that port wants TLS or SASL, set "
    "kafka.properties: security.protocol to ssl, sasl_ssl or sasl_plaintext";

constexpr std::array kKinds{
    Kind{"PLAINTEXT broker listener?", kPerhapsSpeaksTls},
    Kind{"wrong version number", kSpeaksTls},
    Kind{"SSL connection closed by peer", kPerhapsSpeaksTls, "in state SSL_HANDSHAKE"},
    Kind{"not valid in current SASL state",
         "SASL is spoken to a port that has none; give kafka.brokers a port with SASL, or set "
         "kafka.properties: security.protocol to plaintext or ssl"},
    Kind{"Authentication failed",
         "the broker does not know this user with this password; see sasl.username and "
         "sasl.password in kafka.properties"},
    Kind{"client SSL authentication might be required",
         "the broker wants a certificate of the gateway; give ssl.certificate.location and "
         "ssl.key.location in kafka.properties"},
    Kind{"Connection refused", "nobody listens there; check kafka.brokers, and whether Kafka runs"},
    Kind{"Failed to resolve", "this name is not known here; check kafka.brokers and the resolver"},
    Kind{"in state APIVERSION_QUERY", kPerhapsSpeaksPlain},
    // Of a connection that has not told yet which broker it is.
    Kind{"Broken pipe", kPerhapsSpeaksPlain, "/bootstrap: "},
};

std::string_view certificate_fault(int error) {
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the broker's certificate is not for this name; in kafka.brokers, and in the broker's "
             "advertised.listeners, use a name that the certificate has";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the broker's certificate, or that of one of its authorities, has expired; renew it "
             "there";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the broker's certificate is not valid yet; check the clocks here and there";
    case X509_V_OK:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "the broker's certificate is not of an authority that is trusted here; give that "
             "authority's certificate as ssl.ca.location in kafka.properties";
    default:
      return X509_verify_cert_error_string(error);
  }
}

// ssl://broker-1:9093/bootstrap: broker-1:9093
std::string_view place_of(std::string_view node) {
  if (const auto scheme = node.find("://"); scheme != std::string_view::npos)
    node.remove_prefix(scheme + 3);
  return node.substr(0, node.find('/'));
}

}  // namespace

std::string connection_fault(std::string_view text, int certificate_error) {
  // "[thrd:…]: " stands before the text in the log.
  if (text.starts_with("[thrd:")) {
    const auto end = text.find("]: ");
    if (end != std::string_view::npos) text.remove_prefix(end + 3);
  }
  const auto colon = text.find(": ");
  if (colon == std::string_view::npos) return std::string(text);
  const std::string place(place_of(text.substr(0, colon)));
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) {
    return text.find(each.mark) != std::string_view::npos &&
           text.find(each.and_mark) != std::string_view::npos;
  });
  if (text.find("certificate verify failed") != std::string_view::npos)
    return place + ": " + std::string(certificate_fault(certificate_error));
  if (kind != kKinds.end()) return place + ": " + std::string(kind->what);
  auto rest = text.substr(colon + 2);
  return place + ": " + std::string(rest.substr(0, rest.rfind(" (after ")));
}

std::string silent_brokers(const std::string& brokers) {
  return brokers +
         ": no answer; if nothing keeps the gateway from reaching it, the port wants TLS or SASL, "
         "and kafka.properties: security.protocol must say so";
}

}  // namespace penstock::gateway
