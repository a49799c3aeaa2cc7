// A socket for OpenSSL. Unlike OpenSSL's own, it never raises SIGPIPE, and goes on after EINTR.
#pragma once

#include <openssl/bio.h>

#include <memory>

namespace penstock::https {

struct FreeBioMethod {
  void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};
using BioMethod = std::unique_ptr<BIO_METHOD, FreeBioMethod>;

BioMethod make_socket_bio_method();  // null without memory

// `method` outlives the BIO; the socket stays the caller's. Null without memory.
BIO* new_socket_bio(const BIO_METHOD* method, int socket);

}  // namespace penstock::https
