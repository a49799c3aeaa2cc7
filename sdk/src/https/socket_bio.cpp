#include "https/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace penstock::https {
namespace {

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

template <typename Call>
int call_socket(BIO* bio, int retry_flag, Call call) {
  BIO_clear_retry_flags(bio);
  ssize_t bytes = 0;
  do {
    bytes = call();
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0 && errno == EAGAIN) BIO_set_flags(bio, retry_flag | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(bytes);
}

int write_socket(BIO* bio, const char* data, int bytes) {
  return call_socket(bio, BIO_FLAGS_WRITE, [&] {
    return send(socket_of(bio), data, static_cast<std::size_t>(bytes), MSG_NOSIGNAL);
  });
}

int read_socket(BIO* bio, char* out, int bytes_max) {
  return call_socket(bio, BIO_FLAGS_READ, [&] {
    return recv(socket_of(bio), out, static_cast<std::size_t>(bytes_max), 0);
  });
}

long control_socket(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

}  // namespace

BioMethod make_socket_bio_method() {
  BioMethod method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "penstock socket"));
  if (!method) return nullptr;
  BIO_meth_set_write(method.get(), write_socket);
  BIO_meth_set_read(method.get(), read_socket);
  BIO_meth_set_ctrl(method.get(), control_socket);
  return method;
}

BIO* new_socket_bio(const BIO_METHOD* method, int socket) {
  BIO* bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the number itself, which so needs no memory
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace penstock::https
