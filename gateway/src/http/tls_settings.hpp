// What the operator decides about TLS.
#pragma once

#include <chrono>
#include <string>

namespace penstock::gateway {

struct TlsSettings {
  std::string certificate_file;  // PEM, leaf first, then intermediates; empty: plain HTTP
  std::string private_key_file;  // PEM, not encrypted
  bool tls13_only = false;
  // How long a key seals session tickets, and then opens them; also how long a ticket is good.
  std::chrono::seconds ticket_period = std::chrono::hours(2);
};

}  // namespace penstock::gateway
