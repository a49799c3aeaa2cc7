// How the text of a setting becomes a value: one type for each way of writing, with what to say if
// it is wrong.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"

namespace penstock::gateway {

// Each `parse` returns false, and leaves `out` alone, if the text is not of its kind. `kExpected`
// completes "expected ...", with an example. Pure functions: any thread.

struct TextValue {
  static constexpr std::string_view kExpected = "text";
  static bool parse(std::string_view text, std::string& out);
};

struct PortValue {
  static constexpr std::string_view kExpected = "a port from 0 to 65535, for example 8443";
  static bool parse(std::string_view text, std::uint16_t& out);
};

struct CountValue {
  static constexpr std::string_view kExpected = "a whole number from 0, for example 1000";
  static bool parse(std::string_view text, std::size_t& out);
  static bool parse(std::string_view text, unsigned& out);
  static bool parse(std::string_view text, int& out);
};

struct RateValue {
  static constexpr std::string_view kExpected = "a number from 0, for example 250 or 0.5";
  static bool parse(std::string_view text, double& out);
};

struct BooleanValue {
  static constexpr std::string_view kExpected = "true or false";
  static bool parse(std::string_view text, bool& out);
};

struct DurationValue {
  static constexpr std::string_view kExpected =
      "a duration with its unit, for example 500ms, 30s or 5m";
  static bool parse(std::string_view text, std::chrono::milliseconds& out);
};

struct SizeValue {
  static constexpr std::string_view kExpected = "a size, for example 512, 64KiB, 8MiB or 1GiB";
  static bool parse(std::string_view text, std::size_t& out);
};

struct TlsVersionValue {
  static constexpr std::string_view kExpected = "1.2 or 1.3";
  static bool parse(std::string_view text, bool& tls13_only);
};

struct CompressionValue {
  static constexpr std::string_view kExpected = "none, gzip, snappy, lz4 or zstd";
  static bool parse(std::string_view text, std::string& out);
};

struct LogLevelValue {
  static constexpr std::string_view kExpected = "debug, info, warning or error";
  static bool parse(std::string_view text, LogSeverity& out);
};

struct LogFormatValue {
  static constexpr std::string_view kExpected = "json or text";
  static bool parse(std::string_view text, bool& json);
};

}  // namespace penstock::gateway
