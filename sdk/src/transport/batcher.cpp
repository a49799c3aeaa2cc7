#include "transport/batcher.hpp"

#include <algorithm>

#include "penstock/version.h"
#include "wire/field_names.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"

namespace penstock::transport {
namespace {

// What surrounds the events, without context and install id: braces, names, time, version, drop
// report.
constexpr std::size_t kEnvelopeBytes = 512;
// `,` and `"seq":` and 20 digits and `,`.
constexpr std::size_t kPerEventBytes = 32;

void write_name(wire::JsonWriter& out, std::string_view name) {
  out.raw('"');
  out.raw(name);
  out.raw("\":");
}

void write_head(wire::JsonWriter& out, std::string_view install_id, std::string_view context_json,
                std::int64_t now_ms) {
  char sent_at[wire::kTimestampBytes];
  wire::format_timestamp(now_ms, sent_at);
  out.raw('{');
  write_name(out, wire::field::kSentAt);
  out.string({sent_at, sizeof sent_at});
  out.raw(',');
  write_name(out, wire::field::kInstallId);
  out.string(install_id);
  out.raw(',');
  write_name(out, wire::field::kSdk);
  out.raw(std::string_view(R"({"name":"penstock-cpp","version":")" PENSTOCK_VERSION R"("},)"));
  write_name(out, wire::field::kContext);
  out.raw(context_json);
}

void write_event(wire::JsonWriter& out, const journal::Record& record) {
  const std::string_view payload = record.payload;
  const bool is_object = payload.size() >= 2 && payload.front() == '{' && payload.back() == '}';
  out.raw('{');
  write_name(out, wire::field::kSeq);
  out.number(record.seq);
  if (!is_object || payload.size() == 2) return out.raw('}');
  out.raw(',');
  out.raw(payload.substr(1));
}

void write_dropped(wire::JsonWriter& out, const journal::DropTotals& dropped) {
  bool any = false;
  for (std::size_t i = 0; i < wire::kDropReasons; ++i) {
    const std::uint64_t count = dropped.of(static_cast<wire::DropReason>(i));
    if (count == 0) continue;
    out.raw(',');
    if (!any) {
      write_name(out, wire::field::kDropped);
      out.raw('{');
    }
    write_name(out, wire::kDropReasonNames[i]);
    out.number(count);
    any = true;
  }
  if (any) out.raw('}');
}

}  // namespace

char* Batcher::reserve(std::size_t bytes) {
  if (capacity_ < bytes) {
    capacity_ = 0;  // stays true if the next line throws
    buffer_ = std::make_unique_for_overwrite<char[]>(bytes + bytes / 2);
    capacity_ = bytes + bytes / 2;
  }
  return buffer_.get();
}

std::string_view Batcher::build(std::string_view install_id,
                                std::span<const journal::Record> records,
                                const journal::DropTotals& dropped,
                                std::int64_t now_unix_milliseconds) {
  // An escape takes six bytes at most; an install id has none, but it comes from a file.
  std::size_t bytes = kEnvelopeBytes + context_json_.size() + 6 * install_id.size();
  for (const auto& record : records) bytes += record.payload.size() + kPerEventBytes;
  wire::JsonWriter out(reserve(bytes), bytes);

  write_head(out, install_id, context_json_, now_unix_milliseconds);
  out.raw(',');
  write_name(out, wire::field::kEvents);
  out.raw('[');
  for (const auto& record : records) {
    if (record.seq != records.front().seq) out.raw(',');
    write_event(out, record);
  }
  out.raw(']');
  write_dropped(out, dropped);
  out.raw('}');
  return out.text();
}

}  // namespace penstock::transport
