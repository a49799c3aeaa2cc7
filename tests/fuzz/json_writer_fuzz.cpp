// Any bytes become one valid JSON string: another JSON library reads it, and writing what it read
// gives the same text again. A buffer that is too small gives a prefix of it, and never one byte
// more.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "check.hpp"
#include "wire/json_writer.hpp"

namespace {

using penstock::wire::JsonWriter;

std::string written(std::string_view text) {
  std::vector<char> buffer(text.size() * 6 + 32);
  JsonWriter out(buffer.data(), buffer.size());
  out.string(text);
  PENSTOCK_CHECK(!out.overflowed());
  return std::string(out.text());
}

void check_smaller_buffer(std::string_view text, const std::string& whole, std::size_t capacity) {
  std::vector<char> buffer(capacity);
  JsonWriter out(buffer.data(), buffer.size());
  out.string(text);
  PENSTOCK_CHECK(out.overflowed() == (whole.size() > capacity));
  PENSTOCK_CHECK(whole.compare(0, out.size(), out.text()) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string whole = written(text);
  const auto read = nlohmann::json::parse(whole, nullptr, false);
  PENSTOCK_CHECK(read.is_string());
  PENSTOCK_CHECK(written(read.get<std::string>()) == whole);
  check_smaller_buffer(text, whole, size == 0 ? 0 : data[0] % (whole.size() + 1));
  return 0;
}
