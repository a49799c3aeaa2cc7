// Whatever lies in the folder that a program names for its journal: the client opens on it and
// keeps what it records, or says why not; nothing outside of the folder is written, through links
// either, and a second client finds the same.
//
// The input is a list of entries: which name (1 byte), what lies there (1 byte), how many bytes
// follow (1 byte, times 16), and these.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "check.hpp"
#include "memory_folder.hpp"
#include "penstock/penstock.hpp"
#include "sealed_segment.hpp"

namespace {

using namespace penstock;
namespace fs = std::filesystem;

constexpr std::size_t kSegmentBytes = 64 * 1024;
constexpr std::string_view kOutside = "what lies elsewhere stays as it is";

constexpr const char* kNames[] = {
    "consent",
    "retry-after",
    "erase-1b4e28ba-2fa1-41d2-883f-0016d3cca427@1733661296789",
    "erase-",
    "slot-0000",
    "slot-0000/lock",
    "slot-0000/ledger",
    "slot-0000/next-3.tmp",
    "slot-0000/00000000000000000001.seg",
    "slot-0000/00000000000000000002.seg",
    "slot-0000/00000000000000000040.seg",
    "slot-0000/18446744073709551615.seg",
    "slot-0000/99999999999999999999.seg",
    "slot-0000/00000000000000000001.seg.bad",
    "slot-0001",
    "slot-0001/lock",
    "slot-0001/00000000000000000001.seg",
    "slot-0063/00000000000000000007.seg",
    "slot-99999",
    "other",
};

class Folder {
 public:
  const fs::path& path() const { return folder_.path(); }

  void fill(std::string_view input) {
    folder_.emptied();
    std::ofstream(outside(), std::ios::trunc) << kOutside;
    while (input.size() >= 3) {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
      const fs::path place = path() / kNames[byte(0) % std::size(kNames)];
      const unsigned char kind = byte(1);
      const std::string_view content = input.substr(3, std::size_t{16} * byte(2));
      input.remove_prefix(3 + content.size());
      std::error_code ignored;
      fs::create_directories(place.parent_path(), ignored);
      put(place, kind, std::string(content));
    }
  }

  void check_outside() const {
    std::ifstream file(outside());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    PENSTOCK_CHECK(text == kOutside);
  }

 private:
  fs::path outside() const { return outside_.path() / "file"; }

  void put(const fs::path& place, unsigned char kind, const std::string& content) const {
    std::error_code ignored;
    switch (kind % 10) {
      case 0:
        fs::create_directory(place, ignored);
        return;
      case 1:
        fs::create_symlink(outside(), place, ignored);
        return;
      case 2:
        fs::create_hard_link(outside(), place, ignored);
        return;
      case 3:
        ::mkfifo(place.c_str(), 0600);
        return;
      case 4:
        if (write(place, content, 0600)) fs::resize_file(place, std::uintmax_t{3} << 30, ignored);
        return;
      case 5:
        write(place, content, 0666);
        return;
      case 6:
        write(place, fuzz::sealed(segment(content)), 0600);
        return;
      case 7:
        write(place, segment(content), 0600);
        return;
      default:
        write(place, content, 0600);
        return;
    }
  }

  static std::string segment(std::string content) {
    content.resize(kSegmentBytes);
    return content;
  }

  // False if something lies there already.
  static bool write(const fs::path& place, const std::string& content, mode_t mode) {
    const int file = ::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0) return false;
    PENSTOCK_CHECK(::write(file, content.data(), content.size()) ==
                   static_cast<ssize_t>(content.size()));
    ::fchmod(file, mode);
    ::close(file);
    return true;
  }

  fuzz::MemoryFolder folder_, outside_;
};

Options options(const Folder& folder) {
  Options options;
  options.directory = folder.path();
  options.endpoint = "https://127.0.0.1:1";  // nobody
  options.write_key = "pk";
  options.segment_bytes = kSegmentBytes;
  options.event_bytes_max = 4 * 1024;
  options.disk_bytes_max = std::uint64_t{4} * kSegmentBytes;
  return options;
}

// True if it opened.
bool run(const Folder& folder) {
  auto client = Client::open(options(folder));
  if (!client) {
    PENSTOCK_CHECK(client.status().code() == StatusCode::kIo ||
                   client.status().code() == StatusCode::kStorageFull);
    PENSTOCK_CHECK(!client.status().message().empty());
    return false;
  }
  for (int i = 0; i < 3; ++i) {
    const Status status = client->track(Event::click("home", "save"));
    PENSTOCK_CHECK(status.ok() || status.code() == StatusCode::kStorageFull ||
                   status.code() == StatusCode::kNotAllowed || status.code() == StatusCode::kIo);
    if (status.ok()) PENSTOCK_CHECK(client->stats().pending > 0);
  }
  (void)client->close(std::chrono::milliseconds(0));
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Folder folder;
  folder.fill({reinterpret_cast<const char*>(data), size});
  const bool opened = run(folder);
  folder.check_outside();
  PENSTOCK_CHECK(run(folder) == opened);
  folder.check_outside();
  return 0;
}
