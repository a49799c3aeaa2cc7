// Why a broker cannot be spoken to, as an operator needs to know it.
#pragma once

#include <string>
#include <string_view>

namespace penstock::gateway {

// `text`: librdkafka's, for example "ssl://broker-1:9093/bootstrap: SSL handshake failed: … (after
// 2ms in state …)". Returns "broker-1:9093: " with what is wrong and the setting that mends it, or
// librdkafka's own words without what only its authors need. `certificate_error`: OpenSSL's
// X509_V_ERR_… of the last certificate that was refused; 0: none.
std::string connection_fault(std::string_view text, int certificate_error);

// Nothing came back, and librdkafka does not know why.
std::string silent_brokers(const std::string& brokers);

}  // namespace penstock::gateway
