// Whatever a C caller passes, short of pointers and lengths that lie about memory: each call
// returns one of the statuses, has a message if it failed, touches nothing outside of what it was
// given (address sanitizer), and computes with no number out of range (undefined sanitizer). The
// input is a list of calls on one client, whose gateway nobody is; from a 't' on they are made on a
// second thread, at the same time.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "memory_folder.hpp"
#include "penstock/penstock.h"

namespace {

// Sizes and counts as mistakes make them: negative numbers, and other variables.
constexpr std::size_t kNoSizes[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / sizeof(penstock_detail),
                                    std::size_t{1} << 40, UINT32_MAX};
constexpr std::int64_t kNumbers[] = {0,
                                     1,
                                     -1,
                                     INT64_MAX,
                                     INT64_MIN,
                                     INT64_MAX / 1000,
                                     INT64_MAX / 1'000'000,
                                     INT64_MAX / 1'000'000 + 1,
                                     1'733'661'296'789};

// Reads the input; zeros when it is at its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool done() const { return at_ >= size_; }
  std::uint8_t byte() { return done() ? 0 : data_[at_++]; }
  std::int64_t number() {
    const std::uint8_t which = byte();
    if (which < std::size(kNumbers)) return kNumbers[which];
    std::int64_t number = 0;
    for (int i = 0; i < 8; ++i)
      number = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << 8 | byte());
    return number;
  }
  // Memory of its own for each text, so that a byte too many is seen.
  penstock_text text() {
    const std::uint8_t what = byte();
    if (what >= 0xF0) return {nullptr, what & 1U};
    if (what >= 0xE8) return {texts_.emplace_back(new char[1]{'x'}).get(), no_size()};
    std::size_t size = what;
    if (what >= 0xE0) size = std::size_t{what} << (what & 7U);  // too long for most
    char* const text = texts_.emplace_back(new char[size]).get();
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(done() ? 'x' : byte());
    return {text, size};
  }
  const penstock_detail* details(std::size_t& count) {
    const std::uint8_t what = byte();
    count = what % 24;
    auto& details = details_.emplace_back(new penstock_detail[count]());
    for (std::size_t i = 0; i < count; ++i) {
      details[i].name = text();
      details[i].type = static_cast<penstock_value_type>(byte());
      details[i].text = text();
      details[i].integer = number();
      const std::int64_t bits = number();
      std::memcpy(&details[i].real, &bits, sizeof bits);
    }
    if (what >= 0xF0) count = no_size();
    return what == 0xEF ? nullptr : details.get();
  }

 private:
  std::size_t no_size() { return kNoSizes[byte() % std::size(kNoSizes)]; }

  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
  std::deque<std::unique_ptr<char[]>> texts_;
  std::deque<std::unique_ptr<penstock_detail[]>> details_;
};

class Caller {
 public:
  ~Caller() { end(); }

  // One call after the other; from 't' on on a second thread, at the same time as the rest.
  void run(const std::uint8_t* data, std::size_t size) {
    const auto* const behind = static_cast<const std::uint8_t*>(std::memchr(data, 't', size));
    const std::size_t first = behind == nullptr ? size : static_cast<std::size_t>(behind - data);
    if (first == 0 || data[0] % kCalls == 0) reopen();
    std::thread second;
    if (first < size) second = std::thread([&] { calls({data + first + 1, size - first - 1}); });
    calls({data, first});
    if (second.joinable()) second.join();
  }

 private:
  static constexpr int kCalls = 16;

  void calls(Input input) {
    while (!input.done()) call(input);
  }

  void call(Input& input) {
    switch (input.byte() % kCalls) {
      case 0:
        PENSTOCK_CHECK(penstock_status_name(static_cast<penstock_status>(input.byte())) != nullptr);
        return;
      case 1:
        return check(
            penstock_client_set_consent(client_, static_cast<penstock_consent>(input.byte() % 5)));
      case 2:
        return check(penstock_client_flush(client_, input.number() < 0 ? INT64_MIN : 0));
      case 3: {
        const auto text = input.text();
        return check(penstock_client_set_user(client_, text.data, text.size));
      }
      case 4: {
        const auto text = input.text();
        return check(penstock_client_set_session(client_, text.data, text.size));
      }
      case 5: {
        const auto text = input.text();
        return check(penstock_client_track_json(client_, text.data, text.size));
      }
      case 6:
        return look();
      case 7:
        return open_badly(input);
      case 8:
        return check(penstock_client_forget(client_));
      case 9:
        return check(penstock_client_close(client_, input.number() < 0 ? INT64_MIN : 0));
      case 10:
        PENSTOCK_CHECK(penstock_client_consent(client_) <= PENSTOCK_CONSENT_DENIED);
        return;
      default:
        return track(input);
    }
  }

  penstock_options options() {
    penstock_options options;
    penstock_options_init(&options);
    options.directory = penstock_text_of(folder_.path().c_str());
    options.endpoint = penstock_text_of("https://127.0.0.1:1");
    options.write_key = penstock_text_of("pk");
    options.segment_bytes = 64 * 1024;
    options.event_bytes_max = 4 * 1024;
    options.disk_bytes_max = std::uint64_t{4} * 64 * 1024;
    return options;
  }

  void end() {
    if (client_ != nullptr)
      penstock_client_close(client_, 0);  // free() alone waits for the gateway
    penstock_client_free(client_);
    client_ = nullptr;
  }

  void reopen() {
    end();
    folder_.emptied();
    const penstock_options options = this->options();
    PENSTOCK_CHECK(penstock_client_open(&options, &client_) == PENSTOCK_OK);
  }

  void track(Input& input) {
    penstock_event event;
    penstock_event_init(&event, static_cast<penstock_event_kind>(input.byte()));
    event.name = input.text();
    event.page_id = input.text();
    event.record_id = input.text();
    event.user_id = input.text();
    event.correlation_id = input.text();
    event.traceparent = input.text();
    event.time_ms = input.number();
    event.duration_ms = input.number();
    event.outcome = static_cast<penstock_outcome>(input.byte());
    event.details = input.details(event.details_count);
    event.metadata = input.details(event.metadata_count);
    check(penstock_client_track(client_, &event));
  }

  // Options that nobody accepts: a client more would share the folder.
  void open_badly(Input& input) {
    penstock_options options = this->options();
    options.write_key = {};
    options.app_name = input.text();
    options.ca_pem = input.text();
    options.sync_interval_ms = static_cast<std::uint32_t>(input.number());
    options.adopt_interval_ms = static_cast<std::uint32_t>(input.number());
    options.event_age_max_hours = static_cast<std::uint32_t>(input.number());
    options.disk_bytes_max = static_cast<std::uint64_t>(input.number());
    options.compression = static_cast<penstock_compression>(input.byte());
    const penstock_text text = input.text();
    options.remove_fields = &text;
    options.remove_fields_count = input.byte() % 2 == 0 ? 1 : SIZE_MAX;
    penstock_client* none = nullptr;
    check(penstock_client_open(&options, &none));
    PENSTOCK_CHECK(none == nullptr);
  }

  void look() {
    penstock_stats stats{};
    stats.struct_size = sizeof stats;
    const bool had_client = client_ != nullptr;
    check(penstock_client_stats(client_, &stats));
    if (!had_client) return;
    PENSTOCK_CHECK(std::memchr(stats.install_id, '\0', sizeof stats.install_id) != nullptr);
    PENSTOCK_CHECK(std::memchr(stats.sender_message, '\0', sizeof stats.sender_message) != nullptr);
  }

  void check(penstock_status status) {
    PENSTOCK_CHECK(status >= PENSTOCK_OK && status <= PENSTOCK_INVALID_ARGUMENT);
    PENSTOCK_CHECK(status != PENSTOCK_INTERNAL);
    const char* const error = penstock_last_error();
    PENSTOCK_CHECK(error != nullptr && (status == PENSTOCK_OK) == (error[0] == '\0'));
    PENSTOCK_CHECK(client_ != nullptr || status == PENSTOCK_INVALID_ARGUMENT ||
                   status == PENSTOCK_INVALID_OPTION);
  }

  penstock::fuzz::MemoryFolder folder_;
  penstock_client* client_ = nullptr;  // NULL until the first reopen()
};

}  // namespace

// The client's own thread works between two inputs: what it holds just then looks lost. Unit tests
// look for leaks.
extern "C" int __lsan_is_turned_off() { return 1; }  // NOLINT: the sanitizer's name

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Caller caller;  // to open a client costs much more than a call
  caller.run(data, size);
  return 0;
}
