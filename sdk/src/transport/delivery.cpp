#include "transport/delivery.hpp"

#include <utility>

#include "transport/failure_text.hpp"
#include "wire/field_names.hpp"

namespace penstock::transport {

Delivery::Delivery(const Options& options, std::string context_json, https::Client& client,
                   const platform::TimeSource& time)
    : client_(client),
      time_(time),
      write_key_(options.write_key),
      batcher_(std::move(context_json)),
      compressor_(options.compression) {}

std::optional<Delivery::Result> Delivery::send(const Batch& batch, https::WhileWaiting& duty) {
  const journal::Journal& journal = *batch.source().journal;
  const std::string install_id = journal.install_id();
  if (batch.is_outdated()) return std::nullopt;  // then the id may be another one
  // Each journal's own, so that what a killed process could not report, its heir does.
  const journal::DropTotals reported = journal.ledger().reported();
  reporting_ = journal.ledger().dropped();
  const std::string_view body =
      batcher_.build(install_id, batch.records(), reporting_ - reported, time_.unix_milliseconds());
  const std::string_view packed = compressor_.compress(body);
  Result result;
  result.bytes_sent = packed.size();
  result.answer = client_.send({.path = wire::kEventsPath,
                                .body = packed,
                                .content_type = wire::kContentTypeJson,
                                .content_encoding = compressor_.content_encoding()},
                               &duty);
  if (result.answer.status >= 200 && result.answer.status <= 299)
    result.verdicts = read_verdicts(result.answer.body, batch.records().size());
  return result;
}

void Delivery::acknowledged(journal::Journal& journal) const {
  if (reporting_ != journal.ledger().reported()) journal.ledger().report(reporting_);
}

std::string Delivery::describe(const https::Answer& answer) const {
  return describe_failure(answer, client_.host_and_port(), write_key_);
}

}  // namespace penstock::transport
