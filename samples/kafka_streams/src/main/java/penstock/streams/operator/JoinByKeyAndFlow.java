package penstock.streams.operator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Joins each anchor (a rare value) with the values of the same key that happened up to {@code
 * window} before or after it: with those of its own flow if there are some, else with all. One
 * result for each anchor, once, when the watermark has come to its time + window + grace and
 * nothing can change any more. Behind {@link LateEventBranch}, with the same grace.
 *
 * <p>Unlike the join of two streams in Kafka Streams' DSL, which gives a record for each pair.
 */
public final class JoinByKeyAndFlow<V>
    implements ProcessorSupplier<byte[], Timed<V>, String, JoinByKeyAndFlow.Joined<V>> {
  /** How the operator sees a value. */
  public interface View<V> {
    /** What must be the same; null: the value joins with nothing. */
    String key(V value);

    /** The flow that it belongs to, or null. */
    String flow(V value);

    /** Unlike that of every other value. */
    String id(V value);

    long time(V value);

    /** Orders values of the same time, before their ids do. */
    long number(V value);
  }

  /** By what the matches were found. */
  public enum MatchedBy {
    FLOW,
    TIME,
    NONE
  }

  /**
   * @param matches ordered by time, number and id; at most {@link #MATCHES_MAX}, those nearest in time
   * @param leftOut how many more there were
   */
  public record Joined<V>(V anchor, MatchedBy matchedBy, List<V> matches, int leftOut) {}

  /** A record of Kafka has a limit. */
  public static final int MATCHES_MAX = 100;

  private static final char SEPARATOR = '\0';  // of key and id; a key has no control characters

  private final String name;
  private final long window;
  private final long grace;
  private final Predicate<V> anchors;
  private final Function<V, String> key;
  private final View<V> view;
  private final Serde<V> serde;

  public JoinByKeyAndFlow(
      String name, Duration window, Duration grace, Predicate<V> anchors, View<V> view, Serde<V> serde) {
    this.name = name;
    this.window = window.toMillis();
    this.grace = grace.toMillis();
    this.anchors = anchors;
    this.key = view::key;
    this.view = view;
    this.serde = serde;
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    // An anchor looks back over its window when the watermark is a window and the grace further.
    final Duration retention = Duration.ofMillis(2 * window + grace).plusMinutes(1);
    return Set.of(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name + "-anchors"), Serdes.Bytes(), serde)
            .withCachingEnabled(),
        Stores.windowStoreBuilder(
            Stores.persistentWindowStore(
                name + "-values", retention, Duration.ofMillis(window), false),
            Serdes.Bytes(),
            serde));
  }

  @Override
  public Processor<byte[], Timed<V>, String, Joined<V>> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<byte[], Timed<V>, String, Joined<V>> {
    private KeyValueStore<Bytes, V> waiting;
    private WindowStore<Bytes, V> values;
    private long closed;

    @Override
    public void init(ProcessorContext<String, Joined<V>> context) {
      super.init(context);
      closed = 0;  // also called when Kafka Streams takes the task back to its last commit
      waiting = context.getStateStore(name + "-anchors");
      values = context.getStateStore(name + "-values");
    }

    @Override
    public void process(Record<byte[], Timed<V>> record) {
      if (record.value() instanceof Timed.Item<V> item) {
        add(item.value(), item.time());
      } else if (record.value() instanceof Timed.Watermark<V> watermark) {
        close(watermark.time() - grace - window);
      }
    }

    private void add(V value, long time) {
      final String text = key.apply(value);
      if (text == null) return;
      if (anchors.test(value)) {
        waiting.put(TimeKey.of(time, view.id(value)), value);
      } else {
        values.put(bytes(text + SEPARATOR + view.id(value)), value, time);
      }
    }

    private void close(long before) {
      if (before <= closed) return;
      TimeKey.drain(
          waiting,
          closed,
          before,
          (id, anchor) -> {
            final long time = TimeKey.time(id);
            context().forward(new Record<>(key.apply(anchor), join(anchor, time), time));
          });
      closed = before;
    }

    private Joined<V> join(V anchor, long time) {
      final String text = key.apply(anchor);
      final String flow = view.flow(anchor);
      final Nearest<V> ofFlow = new Nearest<>(view, time);
      final Nearest<V> all = new Nearest<>(view, time);
      try (KeyValueIterator<Windowed<Bytes>, V> found =
          values.fetch(
              bytes(text + SEPARATOR),
              bytes(text + (char) (SEPARATOR + 1)),
              Instant.ofEpochMilli(Math.max(0, time - window)),
              Instant.ofEpochMilli(time + window))) {
        while (found.hasNext()) {
          final V value = found.next().value;
          all.add(value);
          if (flow != null && flow.equals(view.flow(value))) ofFlow.add(value);
        }
      }
      if (ofFlow.found > 0) return ofFlow.joined(anchor, MatchedBy.FLOW);
      return all.joined(anchor, all.found > 0 ? MatchedBy.TIME : MatchedBy.NONE);
    }
  }

  /** The values nearest to a time, no more of them in memory than a result may have. */
  private static final class Nearest<V> {
    private final View<V> view;
    private final PriorityQueue<V> kept;  // the farthest first
    private int found;

    Nearest(View<V> view, long time) {
      this.view = view;
      final Comparator<V> byDistance = Comparator.comparingLong(v -> Math.abs(view.time(v) - time));
      this.kept = new PriorityQueue<>(byDistance.thenComparing(view::id).reversed());
    }

    void add(V value) {
      ++found;
      kept.add(value);
      if (kept.size() > MATCHES_MAX) kept.remove();
    }

    Joined<V> joined(V anchor, MatchedBy by) {
      final Comparator<V> byTime =
          Comparator.<V>comparingLong(view::time).thenComparingLong(view::number).thenComparing(view::id);
      final List<V> matches = kept.stream().sorted(byTime).toList();
      return new Joined<>(anchor, by, matches, found - matches.size());
    }
  }

  private static Bytes bytes(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
