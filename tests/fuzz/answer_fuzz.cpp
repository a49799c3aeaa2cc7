// Any bytes as what a server answers to the SDK: verdicts that are believed add up, and a problem's
// text is short, printable and without the key.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "transport/answer_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock::transport;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const std::size_t events : {1U, 3U}) {
    if (const auto verdicts = read_verdicts(body, events))
      PENSTOCK_CHECK(verdicts->accepted + verdicts->rejected == events);
  }
  const auto problem = read_problem(body, "pk_secret");
  PENSTOCK_CHECK(problem.size() <= 200);
  PENSTOCK_CHECK(problem.find("pk_secret") == problem.npos);
  PENSTOCK_CHECK(std::none_of(problem.begin(), problem.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  }));
  return 0;
}
