package penstock.streams.operator;

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Aggregates the values of each group in windows of one size that follow each other from 1970, and
 * hands each on once, when its window closes: the watermark has come to its end + grace. Behind
 * {@link LateEventBranch}, with the same grace. Behind the windows it says how far it has closed.
 */
public final class TumblingAggregate<V, A>
    implements ProcessorSupplier<byte[], Timed<V>, String, Part<A>> {
  /** Adds a value to an aggregate; null is that of no value. */
  public interface Adder<V, A> {
    A add(A aggregate, V value);
  }

  private final String name;
  private final long size;
  private final long grace;
  private final Function<V, String> group;
  private final Adder<V, A> adder;
  private final Serde<A> serde;

  /** {@code group}: a text that is not empty, or null for a value that is not counted. */
  public TumblingAggregate(
      String name,
      Duration size,
      Duration grace,
      Function<V, String> group,
      Adder<V, A> adder,
      Serde<A> serde) {
    this.name = name;
    this.size = size.toMillis();
    this.grace = grace.toMillis();
    this.group = group;
    this.adder = adder;
    this.serde = serde;
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), serde)
            .withCachingEnabled());
  }

  @Override
  public Processor<byte[], Timed<V>, String, Part<A>> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<byte[], Timed<V>, String, Part<A>> {
    private KeyValueStore<Bytes, A> windows;
    private long closed;  // windows that begin before it

    @Override
    public void init(ProcessorContext<String, Part<A>> context) {
      super.init(context);
      closed = 0;  // also called when Kafka Streams takes the task back to its last commit
      windows = context.getStateStore(name);
    }

    @Override
    public void process(Record<byte[], Timed<V>> record) {
      if (record.value() instanceof Timed.Item<V> item) {
        add(item);
      } else if (record.value() instanceof Timed.Watermark<V> watermark) {
        close((watermark.time() - grace) / size * size);
      }
    }

    private void add(Timed.Item<V> item) {
      final String text = group.apply(item.value());
      if (text == null) return;
      final Bytes key = TimeKey.of(item.time() / size * size, text);
      windows.put(key, adder.add(windows.get(key), item.value()));
    }

    private void close(long before) {
      if (before <= closed) return;
      final int partition = context().taskId().partition();
      TimeKey.drain(
          windows,
          closed,
          before,
          (key, aggregate) -> {
            final long start = TimeKey.time(key);
            final Part<A> part = new Part<>(partition, start, aggregate);
            context().forward(new Record<>(TimeKey.text(key), part, start + size - 1));
          });
      closed = before;
      context().forward(new Record<>("", new Part<>(partition, before, null), before));
    }
  }
}
