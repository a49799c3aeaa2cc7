package penstock.streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What this program asks of the brokers beside reading and writing. One thread at a time. */
final class TopicAdmin implements AutoCloseable {
  private final Admin admin;

  TopicAdmin(Settings settings) {
    final Properties properties = settings.clientProperties("admin.", AdminClientConfig.configNames());
    properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "30000");
    admin = Admin.create(properties);
  }

  Admin admin() {
    return admin;
  }

  /** Those of the topics that are there. Throws KafkaException. */
  Map<String, TopicDescription> describe(Collection<String> names) {
    final Map<String, TopicDescription> found = new HashMap<>();
    admin
        .describeTopics(List.copyOf(names))
        .topicNameValues()
        .forEach((name, future) -> describe(name, future).ifPresent(topic -> found.put(name, topic)));
    return found;
  }

  private static Optional<TopicDescription> describe(
      String name, KafkaFuture<TopicDescription> future) {
    try {
      return unless(UnknownTopicOrPartitionException.class, future);
    } catch (KafkaException error) {
      if (!(error.getCause() instanceof AuthorizationException)) throw error;
      throw new KafkaException("no right to describe the topic " + name);
    }
  }

  /** A setting of a topic. */
  String config(String topic, String name) {
    final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return get(admin.describeConfigs(List.of(resource)).all()).get(resource).get(name).value();
  }

  /** Creates a topic that is not there; {@code copies} of 0: as many as the brokers' default. */
  void create(String name, int partitions, short copies, Map<String, String> config) {
    final NewTopic topic =
        new NewTopic(
            name,
            Optional.of(partitions),
            copies > 0 ? Optional.of(copies) : Optional.empty());
    unless(TopicExistsException.class, admin.createTopics(List.of(topic.configs(config))).all());
  }

  /** Where the group has come to; empty if it has never committed. */
  Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    return unless(
            GroupIdNotFoundException.class,
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .orElse(Map.of());
  }

  /** The end of each partition, open transactions included. */
  Map<TopicPartition, Long> ends(TopicDescription topic) {
    final Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions(topic).forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    final Map<TopicPartition, Long> ends = new HashMap<>();
    get(admin.listOffsets(asked).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  static List<TopicPartition> partitions(TopicDescription topic) {
    final List<TopicPartition> all = new ArrayList<>();
    topic.partitions().forEach(info -> all.add(new TopicPartition(topic.name(), info.partition())));
    return all;
  }

  static Map<String, String> ticksConfig() {
    // The brokers' clocks decide, and a day of ticks closes the windows of a day as they were.
    return Map.of(
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime",
        TopicConfig.RETENTION_MS_CONFIG, "86400000");
  }

  /** The value, or nothing if it failed with this error; throws KafkaException for others. */
  static <T> Optional<T> unless(Class<? extends Exception> expected, KafkaFuture<T> future) {
    try {
      return Optional.ofNullable(future.get());
    } catch (ExecutionException error) {
      if (expected.isInstance(error.getCause())) return Optional.empty();
      throw new KafkaException(error.getCause());
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted");
    }
  }

  static <T> T get(KafkaFuture<T> future) {
    return unless(NeverThrown.class, future).orElse(null);
  }

  private static final class NeverThrown extends Exception {
    private static final long serialVersionUID = 1;
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofSeconds(5));
  }
}
