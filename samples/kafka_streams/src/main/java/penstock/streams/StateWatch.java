package penstock.streams;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * Sees that a topic of the state was deleted while the application runs, also if Kafka has created
 * it again since, empty. One thread at a time.
 */
final class StateWatch {
  private final Set<String> names;
  private final Map<String, Uuid> ids = new TreeMap<>();

  /** {@code names}: the internal topics. */
  StateWatch(Set<String> names) {
    this.names = names;
  }

  /** Whether all of them have been seen. */
  boolean complete() {
    return ids.size() == names.size();
  }

  /** Throws Refused if one of the topics is another one than it was. Throws KafkaException. */
  void look(TopicAdmin topics) throws Refused {
    final Map<String, TopicDescription> found = topics.describe(names);
    for (final String name : names) {
      final TopicDescription topic = found.get(name);
      final Uuid before = ids.get(name);
      if (before != null && (topic == null || !topic.topicId().equals(before))) {
        throw new Refused(
            name + " was deleted while the application ran: what it counted is no longer in Kafka, and a"
                + " restart would count wrongly without a word. Go on from a time with penstock-streams reset"
                + " SETTINGS --from TIME (docs/streams.md)");
      }
      if (topic != null) ids.put(name, topic.topicId());
    }
  }
}
