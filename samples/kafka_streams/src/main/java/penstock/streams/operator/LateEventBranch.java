package penstock.streams.operator;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Parts late values from the others, once for all aggregates behind it: a value is either in all of
 * them or late. It holds the partition's watermark in a store, so that a restart decides the same.
 *
 * <p>The watermark is the highest event time that was seen; or, where none comes, the clock of the
 * ticks minus {@code quietAfter}: that is how windows close on quiet partitions. A value is late if
 * it is more than {@code grace} behind the watermark. A window that ends at E may be closed when
 * the watermark has come to E + grace: nothing for it comes any more.
 *
 * <p>Kafka Streams hands over a tick only when the task's other partitions have no older record
 * that it has not read, so ticks cannot overtake a backlog.
 */
public final class LateEventBranch<V>
    implements ProcessorSupplier<byte[], Timed<V>, byte[], Timed<V>> {
  // A watermark goes on when it has come to another step, not with each item.
  private static final long STEP = 250;
  private static final int KEY = 0;  // of the one entry in the store

  private final String name;
  private final long grace;
  private final long quietAfter;
  private final long notBefore;

  /**
   * {@code notBefore}, in milliseconds since 1970: values before it are late from the beginning (0:
   * none is).
   */
  public LateEventBranch(String name, Duration grace, Duration quietAfter, long notBefore) {
    this.name = name;
    this.grace = grace.toMillis();
    this.quietAfter = quietAfter.toMillis();
    this.notBefore = notBefore;
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name), Serdes.Integer(), Serdes.Long())
            .withCachingEnabled());
  }

  @Override
  public Processor<byte[], Timed<V>, byte[], Timed<V>> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<byte[], Timed<V>, byte[], Timed<V>> {
    private KeyValueStore<Integer, Long> store;
    private long watermark;
    private long told = -1;

    @Override
    public void init(ProcessorContext<byte[], Timed<V>> context) {
      super.init(context);
      told = -1;  // also called when Kafka Streams takes the task back to its last commit
      store = context.getStateStore(name);
      final Long stored = store.get(KEY);
      watermark = stored != null ? stored : notBefore > 0 ? notBefore + grace : 0;
    }

    @Override
    public void process(Record<byte[], Timed<V>> record) {
      if (record.value() instanceof Timed.Item<V> item) {
        advance(record, item.time());
        if (watermark - item.time() > grace) {
          context().forward(record.withValue(new Timed.Late<>(item.value(), item.time(), watermark)));
        } else {
          context().forward(record);
        }
      } else if (record.value() instanceof Timed.Tick<V> tick) {
        advance(record, tick.time() - quietAfter);
      }
    }

    private void advance(Record<byte[], Timed<V>> record, long time) {
      if (time > watermark) {
        watermark = time;
        store.put(KEY, watermark);
      }
      if (watermark / STEP == told) return;
      told = watermark / STEP;
      context().forward(record.withValue(new Timed.Watermark<>(watermark)));
    }
  }
}
