package penstock.streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * Looks at the topics before the application starts, and refuses what would make results wrong
 * without a word: sources with different numbers of partitions, a state that is lost.
 */
final class StartCheck {
  private final Settings settings;
  private final TopicAdmin topics;

  StartCheck(Settings settings, TopicAdmin topics) {
    this.settings = settings;
    this.topics = topics;
  }

  /** How many partitions the sources have; creates this program's topics that are missing. */
  int prepareTopics() throws Refused {
    final List<String> sources = settings.topics().sources();
    final Map<String, TopicDescription> found = topics.describe(sources);
    for (final String source : sources) {
      if (!found.containsKey(source)) {
        throw new Refused(
            "the topic " + source + " is not there; the gateway writes to it (penstock.topic.prefix must be the"
                + " gateway's kafka.topic_prefix). Create it: penstockctl topics apply");
      }
    }
    final int partitions = partitions(found, settings.topics().userActivity());
    final int changes = partitions(found, settings.topics().dbChanges());
    if (partitions != changes) {
      throw new Refused(
          settings.topics().userActivity() + " has " + partitions + " partitions and " + settings.topics().dbChanges()
              + " has " + changes + ": events of one user lie in partitions with different numbers, and cannot be"
              + " joined. Give both " + Math.max(partitions, changes) + ": penstockctl topics apply --grow, then"
              + " penstock-streams reset");
    }
    prepareOwn(partitions);
    return partitions;
  }

  private static int partitions(Map<String, TopicDescription> found, String name) {
    return found.get(name).partitions().size();
  }

  private void prepareOwn(int partitions) throws Refused {
    final List<String> own = settings.topics().own();
    final Map<String, TopicDescription> found = topics.describe(own);
    final String ticks = settings.topics().ticks();
    for (final String name : own) {
      if (!found.containsKey(name)) {
        final boolean ofTicks = name.equals(ticks);
        topics.create(name, partitions, copies(), ofTicks ? TopicAdmin.ticksConfig() : Map.of());
      }
    }
    final TopicDescription present = found.get(ticks);
    if (present != null && !"LogAppendTime".equals(topics.config(ticks, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG))) {
      throw new Refused(
          ticks + " has the times of those who write to it, and an instance whose clock is ahead would make all"
              + " events late. Set its message.timestamp.type to LogAppendTime, or delete it: it is made anew");
    }
    if (present != null && present.partitions().size() != partitions) {
      throw new Refused(
          ticks + " has " + present.partitions().size() + " partitions and the sources have " + partitions
              + ": each of their partitions needs its clock. penstock-streams reset makes it anew");
    }
  }

  /** The largest record that each of its topics takes, in bytes. */
  Map<String, Integer> recordSizes() {
    final Map<String, Integer> sizes = new HashMap<>();
    for (final String name : settings.topics().own()) {
      sizes.put(name, Integer.parseInt(topics.config(name, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)));
    }
    return sizes;
  }

  private short copies() {
    final String set = settings.kafka().getProperty(StreamsConfig.REPLICATION_FACTOR_CONFIG, "0");
    return (short) Math.max(0, Integer.parseInt(set));
  }

  /** Refuses to start where the state of an earlier run is not in Kafka any more. */
  void checkState(Topology topology, int partitions) throws Refused {
    final Map<TopicPartition, OffsetAndMetadata> committed = topics.committed(settings.applicationId());
    final boolean ran =
        committed.values().stream()
            .anyMatch(offset -> offset.offset() > 0 && !offset.metadata().equals(Reset.MARK));
    if (!ran) return;
    final SortedSet<String> names = internalTopics(topology, settings.applicationId());
    final Map<String, TopicDescription> found = topics.describe(names);
    final List<String> missing = new ArrayList<>(names);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      throw new Refused("the topics " + String.join(", ", missing) + " are not there, but " + lost());
    }
    for (final TopicDescription topic : found.values()) {
      if (topic.partitions().size() != partitions) {
        throw new Refused(
            topic.name() + " has " + topic.partitions().size() + " partitions and the sources have " + partitions
                + " now: what was counted lies in other partitions. " + cure());
      }
    }
    checkNotEmpty(found.get(changelog(settings.applicationId(), "watermark")));
  }

  // A watermark is written with the first record that a task takes.
  private void checkNotEmpty(TopicDescription watermarks) throws Refused {
    final boolean empty = topics.ends(watermarks).values().stream().allMatch(end -> end == 0);
    if (empty) throw new Refused(watermarks.name() + " is empty, but " + lost());
  }

  private String lost() {
    return "the group " + settings.applicationId() + " has read events before: the counts of its open windows, and"
        + " which events it has seen, are lost, and it would count wrongly without a word. " + cure();
  }

  private static String cure() {
    return "Go on from a time with penstock-streams reset SETTINGS --from TIME (docs/streams.md)";
  }

  /** The topics that Kafka Streams makes for this topology. */
  static SortedSet<String> internalTopics(Topology topology, String application) {
    final SortedSet<String> names = new TreeSet<>();
    for (final TopologyDescription.Subtopology part : topology.describe().subtopologies()) {
      for (final TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Processor processor) {
          addChangelogs(names, application, processor.stores());
        } else if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
          source.topicSet().stream()
              .filter(topic -> topic.endsWith("-repartition"))
              .forEach(topic -> names.add(application + "-" + topic));
        }
      }
    }
    return names;
  }

  private static void addChangelogs(
      SortedSet<String> names, String application, Collection<String> stores) {
    stores.forEach(store -> names.add(changelog(application, store)));
  }

  private static String changelog(String application, String store) {
    return application + "-" + store + "-changelog";
  }
}
