package penstock.streams.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Puts the parts together that the tasks of all partitions have of one group and window, and hands
 * each window on once, when every one of them has closed it. Needs no clock, and waits for a
 * partition that lags. Parts come through a topic with {@link #partitioner()}.
 */
public final class MergeParts<A> implements ProcessorSupplier<String, Part<A>, String, Part<A>> {
  private final String name;
  private final long size;
  private final int partitions;
  private final BinaryOperator<A> merge;
  private final Serde<A> serde;

  /** {@code partitions}: how many tasks send parts. */
  public MergeParts(
      String name, Duration size, int partitions, BinaryOperator<A> merge, Serde<A> serde) {
    this.name = name;
    this.size = size.toMillis();
    this.partitions = partitions;
    this.merge = merge;
    this.serde = serde;
  }

  /** Parts by their group; what a task has closed, to every partition. */
  public static <A> StreamPartitioner<String, Part<A>> partitioner() {
    return (topic, key, part, count) ->
        part.closes()
            ? Optional.of(IntStream.range(0, count).boxed().collect(Collectors.toSet()))
            : Optional.empty();
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.Bytes(), serde)
            .withCachingEnabled(),
        ClosedBy.store(name));
  }

  @Override
  public Processor<String, Part<A>, String, Part<A>> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<String, Part<A>, String, Part<A>> {
    private KeyValueStore<Bytes, A> windows;
    private ClosedBy closedBy;
    private long closed;

    @Override
    public void init(ProcessorContext<String, Part<A>> context) {
      super.init(context);
      closed = 0;  // also called when Kafka Streams takes the task back to its last commit
      windows = context.getStateStore(name);
      closedBy = new ClosedBy(context, name, partitions);
    }

    @Override
    public void process(Record<String, Part<A>> record) {
      final Part<A> part = record.value();
      if (part.closes()) {
        close(closedBy.advance(part));
      } else {
        closed = Math.min(closed, part.time());
        final Bytes key = TimeKey.of(part.time(), record.key());
        final A sum = windows.get(key);
        windows.put(key, sum == null ? part.aggregate() : merge.apply(sum, part.aggregate()));
      }
    }

    private void close(long before) {
      if (before <= closed) return;
      TimeKey.drain(
          windows,
          closed,
          before,
          (key, aggregate) -> {
            final long start = TimeKey.time(key);
            final Part<A> whole = new Part<>(context().taskId().partition(), start, aggregate);
            context().forward(new Record<>(TimeKey.text(key), whole, start + size - 1));
          });
      closed = before;
    }
  }
}
