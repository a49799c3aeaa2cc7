package penstock.streams.operator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Lets each id through once. Remembers an id for at least {@code retention} by the time of the
 * Kafka records, not by event time: an event that comes a day late, twice, is dropped once.
 *
 * <p>Ids are kept in buckets of half the retention, by which a look-up is three reads of one key
 * each, answered by the store's Bloom filters where the id is new, instead of a scan.
 */
public final class Dedupe<V> implements ProcessorSupplier<byte[], Timed<V>, byte[], Timed<V>> {
  private static final int BUCKETS = 2;  // that the retention has
  private static final byte[] SEEN = {};

  private final String name;
  private final Duration retention;
  private final Function<V, String> id;
  private final Runnable onDuplicate;

  /** {@code onDuplicate} counts; called by the task's thread. */
  public Dedupe(String name, Duration retention, Function<V, String> id, Runnable onDuplicate) {
    this.name = name;
    this.retention = retention;
    this.id = id;
    this.onDuplicate = onDuplicate;
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    final Duration bucket = retention.dividedBy(BUCKETS);
    return Set.of(
        Stores.windowStoreBuilder(
            Stores.persistentWindowStore(name, retention.plus(bucket), bucket, false),
            Serdes.Bytes(),
            Serdes.ByteArray()));
  }

  @Override
  public Processor<byte[], Timed<V>, byte[], Timed<V>> get() {
    return new Task();
  }

  private final class Task extends ContextualProcessor<byte[], Timed<V>, byte[], Timed<V>> {
    private final long bucketSize = retention.toMillis() / BUCKETS;

    @Override
    public void process(Record<byte[], Timed<V>> record) {
      if (record.value() instanceof Timed.Item<V> item && !isNew(key(id.apply(item.value())))) {
        onDuplicate.run();
        return;
      }
      context().forward(record);
    }

    private boolean isNew(Bytes key) {
      final WindowStore<Bytes, byte[]> seen = context().getStateStore(name);
      final long now = context().currentStreamTimeMs() / bucketSize * bucketSize;
      for (int i = 0; i <= BUCKETS; ++i) {
        final long bucket = now - i * bucketSize;
        if (bucket >= 0 && seen.fetch(key, bucket) != null) return false;
      }
      seen.put(key, SEEN, now);
      return true;
    }
  }

  // A UUID is kept as its 16 bytes, other ids as their text.
  private static Bytes key(String id) {
    if (id.length() == 36) {
      try {
        final UUID uuid = UUID.fromString(id);
        if (uuid.toString().equals(id)) {
          return Bytes.wrap(
              ByteBuffer.allocate(16)
                  .putLong(uuid.getMostSignificantBits())
                  .putLong(uuid.getLeastSignificantBits())
                  .array());
        }
      } catch (IllegalArgumentException notOne) {
        // kept as text
      }
    }
    return Bytes.wrap(id.getBytes(StandardCharsets.UTF_8));
  }
}
