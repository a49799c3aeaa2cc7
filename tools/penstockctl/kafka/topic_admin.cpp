#include "topic_admin.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <type_traits>

#include "kafka_handles.hpp"

namespace penstock::ctl {
namespace {

constexpr int kRequestTimeoutMs = 15'000;
constexpr const char* kTellSettings = "tell its topics' settings";

template <typename T, auto destroy>
using Handle = std::unique_ptr<T, std::integral_constant<decltype(destroy), destroy>>;
using NewTopic = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using NewPartitions = Handle<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>;
using ConfigResource = Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using TopicNames = Handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>;
using AdminOptions = Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

ConfigResource config_of(const std::string& topic) {
  return ConfigResource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
}

// Kafka's error as a sentence. `request`: "tell its topics' settings"; `right`: the ACL's operation;
// `topic`: "" for the cluster.
std::string explained(rd_kafka_resp_err_t error, const char* text, const std::string& request,
                      const std::string& right, const std::string& topic) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      return "this Kafka does not " + request + ": is it the gateway's embedded one?";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "Kafka does not let this user do that: give the user the right " + right + " on " +
             (topic.empty() ? "the topics" : "the topic " + topic) +
             " (kafka-acls --add --allow-principal User:… --operation " + right + " --topic …)";
    default:
      return text == nullptr || *text == '\0' ? rd_kafka_err2str(error) : text;
  }
}

Outcome outcome_of(rd_kafka_resp_err_t error, const char* text, const std::string& request,
                   const std::string& right, const std::string& topic) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {Outcome::Kind::kFailed, explained(error, text, request, right, topic)};
}

Outcome outcome_of_topics(const rd_kafka_topic_result_t** topics, std::size_t count,
                          const std::string& request, const std::string& right) {
  if (count != 1) return {Outcome::Kind::kFailed, "Kafka's answer does not name the topic"};
  return outcome_of(rd_kafka_topic_result_error(topics[0]),
                    rd_kafka_topic_result_error_string(topics[0]), request, right,
                    rd_kafka_topic_result_name(topics[0]));
}

// The fewest copies that a partition has.
int replication_of(const rd_kafka_TopicPartitionInfo_t** partitions, std::size_t count) {
  std::size_t fewest = 0;
  for (std::size_t p = 0; p < count; ++p) {
    std::size_t copies = 0;
    rd_kafka_TopicPartitionInfo_replicas(partitions[p], &copies);
    fewest = p == 0 ? copies : std::min(fewest, copies);
  }
  return static_cast<int>(fewest);
}

}  // namespace

struct TopicAdmin::Client {
  explicit Client(const KafkaAccess& kafka) : brokers(kafka.brokers) {
    Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
    set_property(conf.get(), "bootstrap.servers", kafka.brokers);
    set_property(conf.get(), "client.id", "penstockctl");
    for (const auto& [name, value] : kafka.properties) set_property(conf.get(), name, value);
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
    rd_kafka_conf_set_error_cb(conf.get(),
                               [](rd_kafka_t*, int error, const char* text, void* self) {
                                 if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
                                 static_cast<Client*>(self)->last_error = text;
                               });
    handle = new_client(RD_KAFKA_PRODUCER, std::move(conf));
  }

  // Sends what `send(options, queue)` sends and waits for its answer; nothing if there is none.
  template <typename Send>
  Owned<rd_kafka_event_t> ask(rd_kafka_admin_op_t operation, Send send) {
    std::array<char, 256> error{};
    const AdminOptions options(rd_kafka_AdminOptions_new(handle.get(), operation));
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kRequestTimeoutMs, error.data(),
                                              error.size());
    const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle.get()));
    send(options.get(), queue.get());
    constexpr int kMarginMs = 1000;  // librdkafka answers itself once the request's time is over
    Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(queue.get(), kRequestTimeoutMs + kMarginMs));
    rd_kafka_poll(handle.get(), 0);  // error_cb
    return answer;
  }

  // What is wrong with the answer as a whole.
  Outcome fault(const Owned<rd_kafka_event_t>& answer, const std::string& request,
                const std::string& right, const std::string& topic) const {
    const auto error = answer ? rd_kafka_event_error(answer.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    auto outcome = outcome_of(error, answer ? rd_kafka_event_error_string(answer.get()) : nullptr,
                              request, right, topic);
    // Those below 0 are librdkafka's own: no broker has answered.
    if (error >= 0 || error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) return outcome;
    return {Outcome::Kind::kKafkaAway, "Kafka at " + brokers + " does not answer any more (" +
                                           (last_error.empty() ? outcome.why : last_error) + ")"};
  }

  void require(const Outcome& outcome) const {
    if (outcome.kind != Outcome::Kind::kDone) throw std::runtime_error(outcome.why);
  }

  // The embedded Kafka names a controller that is no broker, for which librdkafka would wait.
  void require_controller(const struct rd_kafka_metadata& metadata) const {
    constexpr int kTimeoutMs = 3000;
    const auto controller = rd_kafka_controllerid(handle.get(), kTimeoutMs);
    for (int b = 0; b < metadata.broker_cnt; ++b)
      if (metadata.brokers[b].id == controller) return;
    throw std::runtime_error(
        explained(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, nullptr, kTellSettings, "", "") +
        " (Kafka at " + brokers + " has no controller)");
  }

  void read_topics(const std::vector<std::string>& topics, ActualCluster& cluster);
  void read_settings(ActualCluster& cluster);
  Outcome create(const Step& step);
  Outcome change(const Step& step);
  Outcome grow(const Step& step);

  const std::string brokers;
  std::string last_error;  // error_cb comes from the polls of the caller's thread
  Owned<rd_kafka_t> handle;
};

// By their names: in the list of all, Kafka leaves out what this user may not see.
void TopicAdmin::Client::read_topics(const std::vector<std::string>& topics,
                                     ActualCluster& cluster) {
  const std::string request = "describe its topics", right = "Describe";
  std::vector<const char*> names;
  for (const auto& topic : topics) names.push_back(topic.c_str());
  const TopicNames collection(rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  const auto answer = ask(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, [&](auto* options, auto* queue) {
    rd_kafka_DescribeTopics(handle.get(), collection.get(), options, queue);
  });
  require(fault(answer, request, right, ""));
  std::size_t count = 0;
  const auto** found = rd_kafka_DescribeTopics_result_topics(
      rd_kafka_event_DescribeTopics_result(answer.get()), &count);
  for (std::size_t t = 0; t < count; ++t) {
    const std::string name = rd_kafka_TopicDescription_name(found[t]);
    const auto* const error = rd_kafka_TopicDescription_error(found[t]);
    const auto code = rd_kafka_error_code(error);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;
    auto outcome = outcome_of(code, rd_kafka_error_string(error), request, right, name);
    if (outcome.kind != Outcome::Kind::kDone)
      throw std::runtime_error("cannot look at " + name + ": " + outcome.why);
    std::size_t partitions = 0;
    const auto** parts = rd_kafka_TopicDescription_partitions(found[t], &partitions);
    cluster.topics.push_back(
        {name, static_cast<int>(partitions), replication_of(parts, partitions), {}});
  }
}

void TopicAdmin::Client::read_settings(ActualCluster& cluster) {
  if (cluster.topics.empty()) return;
  const std::string request = kTellSettings, right = "DescribeConfigs";
  std::vector<ConfigResource> owned;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const auto& topic : cluster.topics)
    resources.push_back(owned.emplace_back(config_of(topic.name)).get());
  const auto answer = ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, [&](auto* options, auto* queue) {
    rd_kafka_DescribeConfigs(handle.get(), resources.data(), resources.size(), options, queue);
  });
  require(fault(answer, request, right, ""));
  std::size_t count = 0;
  const auto** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(answer.get()), &count);
  for (std::size_t r = 0; r < count; ++r) {
    const std::string name = rd_kafka_ConfigResource_name(found[r]);
    const auto outcome =
        outcome_of(rd_kafka_ConfigResource_error(found[r]),
                   rd_kafka_ConfigResource_error_string(found[r]), request, right, name);
    if (outcome.kind != Outcome::Kind::kDone)
      throw std::runtime_error("cannot read the settings of " + name + ": " + outcome.why);
    const auto topic = std::ranges::find(cluster.topics, name, &ActualTopic::name);
    if (topic == cluster.topics.end()) continue;
    std::size_t entries = 0;
    const auto** configs = rd_kafka_ConfigResource_configs(found[r], &entries);
    for (std::size_t e = 0; e < entries; ++e) {
      const char* const value = rd_kafka_ConfigEntry_value(configs[e]);  // none: a secret
      topic->config[rd_kafka_ConfigEntry_name(configs[e])] = {
          value == nullptr ? "" : value,
          rd_kafka_ConfigEntry_source(configs[e]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG};
    }
  }
}

Outcome TopicAdmin::Client::create(const Step& step) {
  const std::string request = "create topics on request", right = "Create";
  constexpr int kDefault = -1;
  std::array<char, 256> error{};
  const NewTopic topic(rd_kafka_NewTopic_new(
      step.topic.c_str(), step.partitions > 0 ? step.partitions : kDefault,
      step.replication > 0 ? step.replication : kDefault, error.data(), error.size()));
  if (!topic) return {Outcome::Kind::kFailed, error.data()};
  for (const auto& setting : step.settings)
    rd_kafka_NewTopic_set_config(topic.get(), setting.name.c_str(), setting.to.c_str());
  const auto answer = ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, [&](auto* options, auto* queue) {
    rd_kafka_NewTopic_t* topics = topic.get();
    rd_kafka_CreateTopics(handle.get(), &topics, 1, options, queue);
  });
  if (auto bad = fault(answer, request, right, step.topic); bad.kind != Outcome::Kind::kDone)
    return bad;
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer.get()), &count);
  return outcome_of_topics(results, count, request, right);
}

Outcome TopicAdmin::Client::change(const Step& step) {
  const std::string request = "change its topics' settings", right = "AlterConfigs";
  const auto resource = config_of(step.topic);
  for (const auto& setting : step.settings) {
    const Owned<rd_kafka_error_t> error(rd_kafka_ConfigResource_add_incremental_config(
        resource.get(), setting.name.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET,
        setting.to.c_str()));
    if (error) return {Outcome::Kind::kFailed, rd_kafka_error_string(error.get())};
  }
  const auto answer =
      ask(RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS, [&](auto* options, auto* queue) {
        rd_kafka_ConfigResource_t* resources = resource.get();
        rd_kafka_IncrementalAlterConfigs(handle.get(), &resources, 1, options, queue);
      });
  if (auto bad = fault(answer, request, right, step.topic); bad.kind != Outcome::Kind::kDone)
    return bad;
  std::size_t count = 0;
  const auto** results = rd_kafka_IncrementalAlterConfigs_result_resources(
      rd_kafka_event_IncrementalAlterConfigs_result(answer.get()), &count);
  if (count != 1) return {Outcome::Kind::kFailed, "Kafka's answer does not name the topic"};
  return outcome_of(rd_kafka_ConfigResource_error(results[0]),
                    rd_kafka_ConfigResource_error_string(results[0]), request, right, step.topic);
}

Outcome TopicAdmin::Client::grow(const Step& step) {
  const std::string request = "add partitions", right = "Alter";
  std::array<char, 256> error{};
  const NewPartitions partitions(rd_kafka_NewPartitions_new(
      step.topic.c_str(), static_cast<std::size_t>(step.partitions), error.data(), error.size()));
  if (!partitions) return {Outcome::Kind::kFailed, error.data()};
  const auto answer = ask(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, [&](auto* options, auto* queue) {
    rd_kafka_NewPartitions_t* all = partitions.get();
    rd_kafka_CreatePartitions(handle.get(), &all, 1, options, queue);
  });
  if (auto bad = fault(answer, request, right, step.topic); bad.kind != Outcome::Kind::kDone)
    return bad;
  std::size_t count = 0;
  const auto** results = rd_kafka_CreatePartitions_result_topics(
      rd_kafka_event_CreatePartitions_result(answer.get()), &count);
  return outcome_of_topics(results, count, request, right);
}

TopicAdmin::TopicAdmin(const KafkaAccess& kafka) : client_(std::make_unique<Client>(kafka)) {}
TopicAdmin::~TopicAdmin() = default;

ActualCluster TopicAdmin::read(const std::vector<std::string>& topics) {
  ActualCluster cluster;
  const auto metadata = ask_metadata(client_->handle.get(), client_->brokers, [this] {
    rd_kafka_poll(client_->handle.get(), 0);  // error_cb
    return client_->last_error;
  });
  cluster.brokers = metadata->broker_cnt;
  client_->require_controller(*metadata);
  const std::set<std::string> wanted(topics.begin(), topics.end());
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    if (!wanted.contains(metadata->topics[t].topic))
      cluster.others.emplace_back(metadata->topics[t].topic);
  }
  std::ranges::sort(cluster.others);
  client_->read_topics(topics, cluster);
  client_->read_settings(cluster);
  return cluster;
}

Outcome TopicAdmin::perform(const Step& step) {
  if (step.kind == Step::Kind::kCreate) return client_->create(step);
  return step.kind == Step::Kind::kGrow ? client_->grow(step) : client_->change(step);
}

}  // namespace penstock::ctl
