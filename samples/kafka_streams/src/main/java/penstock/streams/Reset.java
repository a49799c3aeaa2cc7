package penstock.streams;

import java.io.PrintStream;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Forgets the state and lets the application go on from a time, for a state that was lost and for
 * results that are to be written again.
 */
final class Reset {
  /** What the offsets have beside them until the application has committed its own. */
  static final String MARK = "reset";

  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(60);

  private final Settings settings;
  private final PrintStream out;

  Reset(Settings settings, PrintStream out) {
    this.settings = settings;
    this.out = out;
  }

  int run(String from) throws Refused, Settings.Wrong {
    final long time = parse(from);
    try (TopicAdmin topics = new TopicAdmin(settings)) {
      waitUntilNobodyRuns(topics);
      deleteTicksOfOtherPartitions(topics);
      final int partitions = new StartCheck(settings, topics).prepareTopics();
      final var topology = AggregationTopology.build(settings, partitions, new StartCheck(settings, topics).recordSizes(), new Counters());
      final SortedSet<String> internal = StartCheck.internalTopics(topology, settings.applicationId());
      try (KafkaStreams streams = new KafkaStreams(topology, settings.kafka())) {
        streams.cleanUp();
      }
      deleteTopics(topics, internal);
      moveOffsets(topics, time);
    }
    out.println(
        "Done. Every other instance's state.dir ("
            + settings.kafka().getProperty(StreamsConfig.STATE_DIR_CONFIG, "its default")
            + " here) must be emptied, too. Then set penstock.not.before="
            + Instant.ofEpochMilli(time)
            + " and start: events that happened before it are late, and all windows from it on are written (again).");
    return 0;
  }

  // A window that is there in part would be counted in part.
  private long parse(String from) throws Settings.Wrong {
    try {
      final long time = Instant.parse(from).toEpochMilli();
      final BigInteger activity = BigInteger.valueOf(settings.activityWindow().toMillis());
      final BigInteger clicks = BigInteger.valueOf(settings.clicksWindow().toMillis());
      final long both = activity.multiply(clicks).divide(activity.gcd(clicks)).longValueExact();
      return time / both * both;
    } catch (DateTimeException error) {
      throw new Settings.Wrong("--from is \"" + from + "\"; a time is as 2026-11-28T12:00:00Z");
    }
  }

  // An instance with a name (group.instance.id) stays a member after it has ended, until its
  // session.timeout.ms is over.
  private void waitUntilNobodyRuns(TopicAdmin topics) throws Refused {
    final long deadline = System.nanoTime() + LEAVE_TIMEOUT.toNanos();
    boolean told = false;
    int members;
    while ((members = members(topics)) > 0) {
      if (System.nanoTime() >= deadline) {
        throw new Refused(
            members + " threads of " + settings.applicationId() + " are running: stop all instances, then reset");
      }
      if (!told) out.println("waiting until " + members + " members have left " + settings.applicationId());
      told = true;
      pause();
    }
  }

  private int members(TopicAdmin topics) {
    final String group = settings.applicationId();
    return TopicAdmin.unless(
            GroupIdNotFoundException.class,
            topics.admin().describeConsumerGroups(List.of(group)).describedGroups().get(group))
        .map(description -> description.members().size())
        .orElse(0);
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted");
    }
  }

  private void deleteTicksOfOtherPartitions(TopicAdmin topics) {
    final String ticks = settings.topics().ticks();
    final Map<String, TopicDescription> found =
        topics.describe(List.of(ticks, settings.topics().userActivity()));
    if (found.size() < 2) return;
    final int wanted = found.get(settings.topics().userActivity()).partitions().size();
    if (found.get(ticks).partitions().size() == wanted) return;
    TopicAdmin.get(topics.admin().deleteTopics(List.of(ticks)).all());
    out.println("deleted " + ticks);
    while (!topics.describe(List.of(ticks)).isEmpty()) pause();
  }

  private void deleteTopics(TopicAdmin topics, SortedSet<String> names) {
    final List<String> there = new ArrayList<>(topics.describe(names).keySet());
    TopicAdmin.get(topics.admin().deleteTopics(there).all());
    there.forEach(name -> out.println("deleted " + name));
  }

  private void moveOffsets(TopicAdmin topics, long time) {
    final List<String> inputs = new ArrayList<>(settings.topics().sources());
    inputs.add(settings.topics().ticks());
    final Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (final TopicDescription topic : topics.describe(inputs).values()) {
      TopicAdmin.partitions(topic).forEach(partition -> asked.put(partition, OffsetSpec.forTimestamp(time)));
    }
    final Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    asked.keySet().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
    // The ends first: what comes in between is read, not passed over.
    final Map<TopicPartition, ListOffsetsResultInfo> end = TopicAdmin.get(topics.admin().listOffsets(ends).all());
    final Map<TopicPartition, ListOffsetsResultInfo> found = TopicAdmin.get(topics.admin().listOffsets(asked).all());
    final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    found.forEach(
        (partition, info) -> {
          final long offset = info.offset() >= 0 ? info.offset() : end.get(partition).offset();
          offsets.put(partition, new OffsetAndMetadata(offset, Optional.empty(), MARK));
        });
    TopicAdmin.get(topics.admin().alterConsumerGroupOffsets(settings.applicationId(), offsets).all());
    out.println("moved " + offsets.size() + " partitions to " + Instant.ofEpochMilli(time));
  }
}
