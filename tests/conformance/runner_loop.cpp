#include "conformance/runner_loop.hpp"

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "bench/allocation_counter.hpp"

namespace penstock::conformance {
namespace {

std::string bytes_of(const std::string& hexadecimal) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hexadecimal.substr(i, 2), nullptr, 16));
  return bytes;
}

Json nested(int levels) {
  Json value = Json::array();
  for (int i = 1; i < levels; ++i) value = Json::array({std::move(value)});
  return value;
}

Json repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

Json special(const std::string& kind, const Json& value) {
  if (kind == "$int") return std::stoll(value.get<std::string>());
  if (kind == "$real") return std::strtod(value.get<std::string>().c_str(), nullptr);
  if (kind == "$bytes") return bytes_of(value);
  if (kind == "$repeat") return repeated(value[0], value[1]);
  if (kind == "$nest") return nested(value);
  throw std::runtime_error("this runner does not know " + kind);
}

Json resolve(const Json& value) {
  if (value.is_array()) {
    Json items = Json::array();
    for (const Json& item : value) items.push_back(resolve(item));
    return items;
  }
  if (!value.is_object()) return value;
  if (value.size() == 1 && value.begin().key().starts_with("$"))
    return special(value.begin().key(), value.begin().value());
  Json members = Json::object();
  for (const auto& [name, member] : value.items()) members[name] = resolve(member);
  return members;
}

Json do_call(Language& language, const Json& call) {
  const std::string name = call.at("call");
  if (name == "open") return language.open(call.at("options"));
  if (!language.has_client()) return {{"code", "no_client"}, {"message", "no client is open"}};
  if (name == "track") return language.track(resolve(call.at("event")), call.value("flow", ""));
  return language.call(name, resolve(call));
}

Json run_case(Language& language, const Json& request) {
  Json results = Json::array();
  for (const Json& call : request.at("calls")) results.push_back(do_call(language, call));
  language.forget_client();
  return {{"case", request["case"]}, {"results", results}};
}

void say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(1);
}

void expect_ok(const Json& result) {
  if (result.contains("code")) throw std::runtime_error(result.dump());
}

void run_kill(Language& language, const Json& kill) {
  expect_ok(language.open(kill.at("options")));
  const std::uint64_t from = kill.at("from"), count = kill.at("count");
  for (std::uint64_t n = from; count == 0 || n < from + count; ++n) {
    expect_ok(language.track(
        {{"kind", "click"}, {"user_id", kill["stream"]}, {"name", "kill"}, {"details", {{"n", n}}}},
        ""));
    say(std::to_string(n) + "\n");
    if (n % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  expect_ok(language.call("close", {{"timeout_ms", 60'000}}));
  language.forget_client();
  say("closed\n");
}

void track_many(Language& language, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!language.track_typical()) throw std::runtime_error("an event was refused");
  }
}

Json run_bench(Language& language, const Json& bench) {
  using Microseconds = std::chrono::duration<double, std::micro>;
  expect_ok(language.open(bench.at("options")));
  const std::uint64_t count = bench.at("count");
  track_many(language, count);
  const auto begin = std::chrono::steady_clock::now();
  track_many(language, count);
  const Microseconds took = std::chrono::steady_clock::now() - begin;
  const std::uint64_t before = bench::thread_allocations();
  track_many(language, count);
  const std::uint64_t allocated = bench::thread_allocations() - before;
  language.forget_client();
  const double calls = static_cast<double>(count);
  return {{"us_per_call", took.count() / calls},
          {"allocations_per_call", static_cast<double>(allocated) / calls}};
}

}  // namespace

int run(Language& language) {
  say(language.greeting().dump() + "\n");
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      const Json request = Json::parse(line);
      if (request.contains("case")) say(run_case(language, request).dump() + "\n");
      if (request.contains("kill")) run_kill(language, request["kill"]);
      if (request.contains("bench")) say(run_bench(language, request["bench"]).dump() + "\n");
    } catch (const std::exception& failure) {
      std::cerr << failure.what() << '\n';
      return 1;
    }
  }
  return 0;
}

}  // namespace penstock::conformance
