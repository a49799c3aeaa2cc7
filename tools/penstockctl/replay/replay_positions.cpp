#include "replay_positions.hpp"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace penstock::ctl {

std::optional<ReplayState> committed_state(RangeReader& reader, const ReplaySettings& settings) {
  constexpr int kTimeoutMs = 30'000;
  const auto shape = reader.shape(settings.topic);
  const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(0));
  for (int partition = 0; shape && partition < shape->partitions; ++partition)
    rd_kafka_topic_partition_list_add(list.get(), settings.topic.c_str(), partition);
  const auto error = rd_kafka_committed(reader.client(), list.get(), kTimeoutMs);
  if (error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    throw std::runtime_error("this user may not read the group " + settings.group() +
                             ", which holds how far the replay is; allow it Read there");
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw KafkaAway("cannot ask how far the replay is: " + std::string(rd_kafka_err2str(error)));
  ReplayState state;
  for (int i = 0; i < list->cnt; ++i) {
    const auto& found = list->elems[i];
    if (found.offset < 0) continue;
    state.add_part(found.partition, found.offset,
                   {static_cast<const char*>(found.metadata), found.metadata_size});
  }
  if (state.parts.empty()) return std::nullopt;
  return state;
}

Owned<rd_kafka_topic_partition_list_t> offsets_of(const ReplayState& state,
                                                  const ReplaySettings& settings) {
  Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(0));
  for (const auto& part : state.parts) {
    auto* const offset =
        rd_kafka_topic_partition_list_add(list.get(), settings.topic.c_str(), part.partition);
    const auto metadata = state.to_metadata(part);
    offset->offset = part.at;
    offset->metadata = std::malloc(metadata.size());  // the list frees it
    if (offset->metadata == nullptr) throw std::bad_alloc();
    std::memcpy(offset->metadata, metadata.data(), metadata.size());
    offset->metadata_size = metadata.size();
  }
  return list;
}

}  // namespace penstock::ctl
