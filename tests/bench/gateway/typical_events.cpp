#include "bench/gateway/typical_events.hpp"

#include <cstdio>

namespace penstock::bench {

std::string typical_event(std::uint64_t number) {
  char text[640];
  const int size = std::snprintf(
      text, sizeof text,
      R"({"seq":%llu,"eventType":"UserActivity","timestamp":"2026-11-23T12:34:%02u.%03uZ","userId":"user-%04u",)"
      R"("sessionId":"session-%08x","pageId":"approval-screen","activityType":"FormSubmission",)"
      R"("metadata":{"sourceSystem":"ApprovalDesk","initiator":"reviewer-queue"},)"
      R"("details":{"form":"reviewer-notes","outcome":"success","fieldCount":%u,"label":"Approve the request and notify )"
      R"(its owner","durationMs":1250.5,"valid":true,"step":"final"},"schemaVersion":1})",
      static_cast<unsigned long long>(number) + 1, static_cast<unsigned>(number / 1000 % 60),
      static_cast<unsigned>(number % 1000), static_cast<unsigned>(number * 7919 % 5000),
      static_cast<unsigned>(number * 2654435761U), static_cast<unsigned>(number % 40));
  return std::string(text, static_cast<std::size_t>(size));
}

std::string typical_batch(std::uint64_t first_number, std::size_t events) {
  std::string batch =
      R"({"sentAt":"2026-11-23T12:34:56.789Z","installId":"1b4e28ba-2fa1-41d2-883f-0016d3cca427",)"
      R"("sdk":{"name":"penstock-cpp","version":"0.1.0"},"context":{"app":"ApprovalDesk","version":"2.4.1","os":"Linux"},)"
      R"("events":[)";
  for (std::size_t i = 0; i < events; ++i) {
    if (i != 0) batch += ',';
    batch += typical_event(first_number + i);
  }
  return batch + "]}";
}

}  // namespace penstock::bench
