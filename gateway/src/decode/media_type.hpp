// What the head says about the body: its format and its coding.
#pragma once

#include <optional>
#include <string_view>

namespace penstock::gateway {

enum class BodyFormat { kJson, kNdjson };
enum class BodyCoding { kIdentity, kGzip, kZstd };

// Both compare without case; nullopt is 415. Any thread.

// From Content-Type. Parameters are allowed, a charset must be UTF-8.
std::optional<BodyFormat> body_format(std::string_view content_type) noexcept;

// From Content-Encoding; absent is identity. One coding only: "gzip, zstd" is nullopt.
std::optional<BodyCoding> body_coding(std::string_view content_encoding) noexcept;

}  // namespace penstock::gateway
