#include "support/kafka_admin.hpp"

#include <array>
#include <stdexcept>

#include "support/eventually.hpp"

namespace penstock::test {
namespace {

constexpr int kRequestTimeoutMs = 1000;
constexpr int kCreateTimeoutMs = 30000;

template <typename T, void (*destroy)(T*)>
struct DestroyWith {
  void operator()(T* object) const { destroy(object); }
};
template <typename T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, DestroyWith<T, destroy>>;

using Metadata = Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

// Of all topics, or of the brokers alone; nothing if none answers.
Metadata request_metadata(rd_kafka_t* handle, bool all_topics) {
  const rd_kafka_metadata_t* metadata = nullptr;
  rd_kafka_metadata(handle, all_topics ? 1 : 0, nullptr, &metadata, kRequestTimeoutMs);
  return Metadata(metadata);
}

void quiet(const rd_kafka_t*, int, const char*, const char*) {}

void require_created(rd_kafka_event_t* event, const std::string& topic) {
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error("cannot create " + topic + ": " + rd_kafka_event_error_string(event));
  }
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      throw std::runtime_error("cannot create " + topic + ": " + rd_kafka_err2str(error));
    }
  }
}

using Acl = Owned<rd_kafka_AclBinding_t, rd_kafka_AclBinding_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;

void require_done(const Event& event) {
  if (!event) throw std::runtime_error("cannot change the cluster: no answer");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error(std::string("cannot change the cluster: ") +
                             rd_kafka_event_error_string(event.get()));
}

}  // namespace

KafkaAdmin::KafkaAdmin(const std::string& bootstrap) {
  std::array<char, 256> error{};
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  rd_kafka_conf_set(settings, "bootstrap.servers", bootstrap.c_str(), nullptr, 0);
  rd_kafka_conf_set(settings, "reconnect.backoff.max.ms", "250", nullptr, 0);
  rd_kafka_conf_set_log_cb(settings, quiet);  // that a broker is not there yet is no news here
  handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, settings, error.data(), error.size()));
  if (!handle_) throw std::runtime_error(std::string("librdkafka: ") + error.data());
}

int KafkaAdmin::brokers() const {
  const auto metadata = request_metadata(handle_.get(), false);
  return metadata ? metadata->broker_cnt : 0;
}

KafkaAdmin::TopicState KafkaAdmin::topic_state(const std::string& topic) const {
  Metadata metadata;
  wait_until([&] { return (metadata = request_metadata(handle_.get(), true)) != nullptr; },
             kPatience, "a broker tells which topics there are");
  TopicState state;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const auto& found = metadata->topics[t];
    if (topic != found.topic) continue;
    state.partitions = found.partition_cnt;
    for (int p = 0; p < found.partition_cnt; ++p) {
      if (found.partitions[p].leader >= 0) ++state.leaders;
    }
  }
  return state;
}

int KafkaAdmin::partitions(const std::string& topic) const { return topic_state(topic).partitions; }

void KafkaAdmin::create_topic(const std::string& name, int partitions,
                              const std::map<std::string, std::string>& config, int copies) {
  std::array<char, 256> error{};
  const Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, copies, error.data(), error.size()));
  if (!topic) throw std::runtime_error("cannot create " + name + ": " + error.data());
  for (const auto& [key, value] : config)
    rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
  const Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_NewTopic_t* topics = topic.get();
  rd_kafka_CreateTopics(handle_.get(), &topics, 1, nullptr, queue.get());
  const Owned<rd_kafka_event_t, rd_kafka_event_destroy> event(
      rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs));
  if (!event) throw std::runtime_error("cannot create " + name + ": no answer");
  require_created(event.get(), name);
  wait_until([&] { return topic_state(name).leaders == partitions; }, kPatience,
             "each partition of " + name + " has a leader");
}

void KafkaAdmin::allow(const std::string& user, rd_kafka_AclOperation_t operation,
                       const std::string& name, rd_kafka_ResourceType_t type) {
  const Acl acl(rd_kafka_AclBinding_new(type, name.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                        ("User:" + user).c_str(), "*", operation,
                                        RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr, 0));
  const Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_AclBinding_t* acls = acl.get();
  rd_kafka_CreateAcls(handle_.get(), &acls, 1, nullptr, queue.get());
  require_done(Event(rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs)));
}

void KafkaAdmin::forbid(const std::string& user, rd_kafka_AclOperation_t operation,
                        const std::string& topic) {
  const Acl acl(rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_TOPIC, topic.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL,
      ("User:" + user).c_str(), "*", operation, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr, 0));
  const Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_AclBindingFilter_t* acls = acl.get();
  rd_kafka_DeleteAcls(handle_.get(), &acls, 1, nullptr, queue.get());
  require_done(Event(rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs)));
}

void KafkaAdmin::set_config(const std::string& topic, const std::string& name,
                            const std::string& value) {
  const Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const Owned<rd_kafka_error_t, rd_kafka_error_destroy> error(
      rd_kafka_ConfigResource_add_incremental_config(
          resource.get(), name.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value.c_str()));
  const Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_ConfigResource_t* resources = resource.get();
  rd_kafka_IncrementalAlterConfigs(handle_.get(), &resources, 1, nullptr, queue.get());
  require_done(Event(rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs)));
}

void KafkaAdmin::delete_records(const std::string& topic, int partition, std::int64_t offset) {
  const Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy> before(
      rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), partition)->offset = offset;
  const Owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy> request(
      rd_kafka_DeleteRecords_new(before.get()));
  const Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_DeleteRecords_t* requests = request.get();
  rd_kafka_DeleteRecords(handle_.get(), &requests, 1, nullptr, queue.get());
  require_done(Event(rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs)));
}

void KafkaAdmin::delete_topic(const std::string& name) {
  const Owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy> topic(
      rd_kafka_DeleteTopic_new(name.c_str()));
  const Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_DeleteTopic_t* topics = topic.get();
  rd_kafka_DeleteTopics(handle_.get(), &topics, 1, nullptr, queue.get());
  require_done(Event(rd_kafka_queue_poll(queue.get(), kCreateTimeoutMs)));
  wait_until([&] { return partitions(name) == 0; }, kPatience, name + " is gone");
}

}  // namespace penstock::test
