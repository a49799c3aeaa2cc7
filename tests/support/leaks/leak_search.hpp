// Whether planted values (planted.hpp) have come through the masks. Every integration and fault
// test fails if one has: leak_listener.cpp is part of its program, and the fixtures of
// tests/support hand in what the programs under test have written.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace penstock::test {

// A value that was found: what kind of value and where, but not the value.
struct Leak {
  std::string where;
  std::string kind;
  auto operator<=>(const Leak&) const = default;
};

// Searches `bytes` for each planted value, in each of its forms (leak_forms.hpp), and records what
// it finds under `where`. Any thread.
void look_for_leaks(std::string_view where, std::string_view bytes);

// The same with every regular file below `folder`, 64 MiB in all; what is not read is said on
// stderr. Ignores files that it may not read. Does nothing unless watching_for_leaks().
void look_for_leaks_below(const std::filesystem::path& folder);

// What was found since the last call. Any thread.
std::set<Leak> take_leaks();
std::string to_string(const std::set<Leak>& leaks);  // a line each

// True in programs that fail on leaks: others save themselves the search. Any thread.
void watch_for_leaks();
bool watching_for_leaks();

// `look` is called by look_at_what_remains(), which the program calls after its last test: for what
// several tests share. One thread at a time.
void look_at_the_end(std::function<void()> look);
void look_at_what_remains();

// For a test that switches a mask off. What is found during its life fails no test; so it is
// declared before the fixtures (TempDirectory, TestGateway, ...) whose end it shall outlive. One at
// a time.
class AllowLeaks {
 public:
  explicit AllowLeaks(std::string_view reason);  // is printed
  ~AllowLeaks();
  AllowLeaks(const AllowLeaks&) = delete;
  AllowLeaks& operator=(const AllowLeaks&) = delete;

 private:
  const std::set<Leak> before_;
};

}  // namespace penstock::test
