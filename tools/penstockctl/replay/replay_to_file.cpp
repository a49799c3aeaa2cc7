#include "replay_to_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "ndjson_line.hpp"
#include "record_view.hpp"
#include "replay_progress_file.hpp"
#include "replay_target.hpp"

namespace penstock::ctl {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::int64_t kUnnotedBytesMax = std::int64_t{64} << 20;

class Descriptor {
 public:
  Descriptor() = default;
  ~Descriptor() { reset(-1); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int fd) noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

class ReplayToFile : public ReplayTarget {
 public:
  ReplayToFile(const ReplaySettings& settings, std::string path, bool whole)
      : settings_(settings), path_(std::move(path)), whole_(whole), progress_(path_) {}

  bool in_order() const override { return true; }
  void check(RangeReader&) override {}
  std::optional<ReplayState> look(RangeReader&) override;
  std::optional<ReplayState> open(RangeReader& reader) override;
  void put(const rd_kafka_message_t& message) override;
  bool full() const override { return size_ - noted_size_ >= kUnnotedBytesMax; }
  void note(ReplayState& state) override;
  void finish(const ReplayState&) override { progress_.remove(); }

 private:
  void open_file(int flags);
  void write_out();
  [[noreturn]] void fail(const char* doing) const {
    throw std::runtime_error("cannot " + std::string(doing) + ' ' + path_ + ": " +
                             std::generic_category().message(errno));
  }

  const ReplaySettings& settings_;
  const std::string path_;
  const bool whole_;
  const ReplayProgressFile progress_;
  Descriptor file_;
  std::string buffer_;
  std::int64_t size_ = 0, noted_size_ = 0;  // with what is in the buffer
};

std::optional<ReplayState> ReplayToFile::look(RangeReader&) {
  auto noted = progress_.read();
  struct stat status{};
  const bool there = ::stat(path_.c_str(), &status) == 0;
  if (!noted) {
    if (there)
      throw std::runtime_error(path_ +
                               " exists, and is not of a run that was stopped; remove it, "
                               "or name another file");
    return std::nullopt;
  }
  if (noted->bytes > (there ? status.st_size : 0))
    throw std::runtime_error(path_ + " is shorter than " + progress_.path() +
                             " says; remove both, and begin anew");
  noted_size_ = noted->bytes;
  return std::move(noted->state);
}

void ReplayToFile::open_file(int flags) {
  if (file_.get() >= 0) return;
  constexpr mode_t kOwnerOnly = 0600;
  file_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kOwnerOnly));
  if (file_.get() < 0) fail("write");
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error("another run writes " + path_ + " now");
}

std::optional<ReplayState> ReplayToFile::open(RangeReader& reader) {
  auto state = look(reader);
  buffer_.clear();
  size_ = noted_size_;
  if (!state || state->digest != settings_.digest) return state;
  open_file(0);
  if (::ftruncate(file_.get(), noted_size_) != 0 ||
      ::lseek(file_.get(), noted_size_, SEEK_SET) != noted_size_)
    fail("go on with");
  return state;
}

void ReplayToFile::put(const rd_kafka_message_t& message) {
  const auto before = buffer_.size();
  if (whole_)
    buffer_ += to_json_line(to_record(message));
  else
    append_ndjson_line(
        buffer_, message.payload == nullptr
                     ? "null"
                     : std::string_view(static_cast<const char*>(message.payload), message.len));
  buffer_ += '\n';
  size_ += static_cast<std::int64_t>(buffer_.size() - before);
  if (buffer_.size() >= kBufferBytes) write_out();
}

void ReplayToFile::write_out() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto written = ::write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

void ReplayToFile::note(ReplayState& state) {
  if (file_.get() < 0) {  // the progress first: a file without it is somebody else's
    progress_.write({state, 0});
    open_file(O_EXCL);
    return;
  }
  write_out();
  if (::fdatasync(file_.get()) != 0) fail("write");
  progress_.write({state, size_});
  noted_size_ = size_;
}

}  // namespace

std::shared_ptr<ReplayTarget> replay_to_file(const ReplaySettings& settings,
                                             const std::string& path, bool whole) {
  return std::make_shared<ReplayToFile>(settings, std::filesystem::absolute(path).string(), whole);
}

}  // namespace penstock::ctl
