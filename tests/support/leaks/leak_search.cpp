#include "support/leaks/leak_search.hpp"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "support/leaks/leak_forms.hpp"
#include "support/leaks/planted.hpp"

namespace penstock::test {
namespace {

constexpr std::uintmax_t kBytesMax = std::uintmax_t{64} * 1024 * 1024;

struct Needle {
  const char* kind;
  std::string bytes;
};

const std::vector<Needle>& needles() {
  static const std::vector<Needle> all = [] {
    std::vector<Needle> made;
    for (const Planted& planted : planted_values()) {
      for (std::string& form : forms_of(planted)) made.push_back({planted.kind, std::move(form)});
    }
    return made;
  }();
  return all;
}

struct Findings {
  std::mutex mutex;
  std::set<Leak> leaks;                           // guarded by mutex
  std::vector<std::function<void()>> at_the_end;  // one thread at a time
  std::atomic<bool> watching{false};
};

Findings& findings() {
  static Findings* const all = new Findings;  // outlives what is static in tests
  return *all;
}

std::string content_of(const std::filesystem::path& path, std::uintmax_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  std::string content(bytes_max, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

}  // namespace

void look_for_leaks(std::string_view where, std::string_view bytes) {
  for (const auto& [kind, needle] : needles()) {
    if (memmem(bytes.data(), bytes.size(), needle.data(), needle.size()) == nullptr) continue;
    const std::lock_guard lock(findings().mutex);
    findings().leaks.insert({std::string(where), kind});
  }
}

void look_for_leaks_below(const std::filesystem::path& folder) {
  if (!watching_for_leaks()) return;
  namespace fs = std::filesystem;
  std::error_code error;
  std::uintmax_t left = kBytesMax;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (!fs::is_regular_file(entry->symlink_status(gone))) continue;
    const std::uintmax_t size = entry->file_size(gone);
    if (gone) continue;
    if (size > left) {
      std::fprintf(stderr, "not searched for leaks: %s\n", entry->path().c_str());
      continue;
    }
    left -= size;
    look_for_leaks("file " + entry->path().lexically_relative(folder).string(),
                   content_of(entry->path(), size));
  }
}

std::set<Leak> take_leaks() {
  const std::lock_guard lock(findings().mutex);
  return std::exchange(findings().leaks, {});
}

std::string to_string(const std::set<Leak>& leaks) {
  std::string text;
  for (const auto& [where, kind] : leaks) text += "leaked: " + kind + " in " + where + "\n";
  return text;
}

void watch_for_leaks() { findings().watching = true; }
bool watching_for_leaks() { return findings().watching; }

void look_at_the_end(std::function<void()> look) {
  findings().at_the_end.push_back(std::move(look));
}

void look_at_what_remains() {
  for (const auto& look : std::exchange(findings().at_the_end, {})) look();
}

AllowLeaks::AllowLeaks(std::string_view reason) : before_(take_leaks()) {
  std::printf("leaks are allowed: %.*s\n", static_cast<int>(reason.size()), reason.data());
}

AllowLeaks::~AllowLeaks() {
  const std::lock_guard lock(findings().mutex);
  findings().leaks = before_;
}

}  // namespace penstock::test
