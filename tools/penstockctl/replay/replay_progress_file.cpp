#include "replay_progress_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(const std::string& doing, const std::string& path) {
  throw std::runtime_error("cannot " + doing + ' ' + path + ": " +
                           std::generic_category().message(errno));
}

void write_and_sync(const std::string& path, const std::string& text) {
  constexpr mode_t kOwnerOnly = 0600;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) fail("write", path);
  const bool good = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    ::fsync(fd) == 0;
  ::close(fd);
  if (!good) fail("write", path);
}

void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail("open", folder);
  static_cast<void>(::fsync(fd));  // some file systems have none for folders
  ::close(fd);
}

}  // namespace

std::optional<ReplayProgressFile::Progress> ReplayProgressFile::read() const {
  if (!std::filesystem::exists(path_)) return std::nullopt;
  std::ifstream file(path_);
  if (!file) fail("read", path_);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto json = wire::parse_bounded<Json>(text);
  try {
    Progress progress;
    progress.bytes = json.at("bytes").get<std::int64_t>();
    const Json& parts = json.at("parts");
    for (const auto& part : parts)
      progress.state.add_part(part.at("partition").get<std::int32_t>(),
                              part.at("at").get<std::int64_t>(), part.at("noted").dump());
    if (progress.bytes < 0) throw std::runtime_error("less than nothing");
    return progress;
  } catch (const std::exception&) {
    throw std::runtime_error(path_ +
                             " is not what a replay has written; remove it, and the file "
                             "beside it, and begin anew");
  }
}

void ReplayProgressFile::write(const Progress& progress) const {
  Json json = {{"bytes", progress.bytes}, {"parts", Json::array()}};
  for (const auto& part : progress.state.parts)
    json["parts"].push_back({{"partition", part.partition},
                             {"at", part.at},
                             {"noted", Json::parse(progress.state.to_metadata(part))}});
  const std::string fresh = path_ + ".new";
  write_and_sync(fresh, json.dump() + '\n');
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) fail("write", path_);
  sync_folder_of(path_);
}

void ReplayProgressFile::remove() const {
  std::filesystem::remove(path_);
  sync_folder_of(path_);
}

}  // namespace penstock::ctl
