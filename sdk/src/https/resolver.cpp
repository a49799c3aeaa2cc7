#include "https/resolver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace penstock::https {

bool is_ip_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// Shared by the resolver and the thread: whoever is last frees it.
struct Resolver::Lookup {
  Lookup(std::string host_name, std::string port_number)
      : host(std::move(host_name)), port(std::move(port_number)) {}
  ~Lookup() {
    if (done_fd >= 0) close(done_fd);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  void run() noexcept {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | (is_ip_address(host) ? AI_NUMERICHOST : AI_ADDRCONFIG);
    addrinfo* list = nullptr;
    int code = 0;
    do {
      code = getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    } while (code == EAI_SYSTEM && errno == EINTR);
    const int system_error = errno;
    {
      const std::lock_guard lock(mutex);
      addresses.reset(list);
      failure = code;
      error = system_error;
      finished = true;
    }
    eventfd_write(done_fd, 1);
  }

  bool goes_on() {
    const std::lock_guard lock(mutex);
    return !finished;
  }

  const std::string host, port;
  const int done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // readable once it is done
  std::mutex mutex;
  AddressList addresses;  // guarded by mutex, as all below
  int failure = 0;
  int error = 0;
  bool finished = false;
};

Resolver::~Resolver() = default;

bool Resolver::start(const std::string& host, const std::string& port) {
  lookup_ = std::make_shared<Lookup>(host, port);
  if (lookup_->done_fd < 0) return false;
  if (is_ip_address(host)) {
    lookup_->run();  // asks nobody
    return true;
  }
  try {
    std::thread([lookup = lookup_] {
      pthread_setname_np(pthread_self(), "penstock-dns");
      lookup->run();
    }).detach();
  } catch (const std::system_error&) {  // no more threads: then without a bound
    lookup_->run();
  }
  return true;
}

AddressList Resolver::resolve(const std::string& host, int port, Clock::time_point deadline,
                              std::string& error) {
  const std::string port_text = std::to_string(port);
  // One that has come to its end since says how the network was, not how it is.
  const bool goes_on =
      lookup_ && lookup_->host == host && lookup_->port == port_text && lookup_->goes_on();
  if (!goes_on && !start(host, port_text)) {
    lookup_.reset();
    error = "the system gives no file descriptor: " + std::generic_category().message(errno);
    return nullptr;
  }
  switch (wait_.wait(lookup_->done_fd, POLLIN, deadline)) {
    case Wake::kCancelled:
      error = "cancelled: the client is closing";
      return nullptr;
    case Wake::kDeadline:
      error = "timeout: looking up the name \"" + host + "\" took too long; is the network there?";
      return nullptr;
    case Wake::kReady:
      break;
  }
  const std::shared_ptr<Lookup> done = std::exchange(lookup_, nullptr);
  const std::lock_guard lock(done->mutex);
  if (done->failure != 0) {
    const std::string why = done->failure == EAI_SYSTEM
                                ? std::generic_category().message(done->error)
                                : gai_strerror(done->failure);
    error = "the name \"" + host + "\" cannot be resolved: " + why;
  }
  return std::move(done->addresses);
}

}  // namespace penstock::https
