package penstock.streams.operator;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Up to where the task of each partition has closed its windows. */
public final class ClosedBy {
  private final KeyValueStore<Integer, Long> store;
  private final int partitions;

  /** The store of the operator {@code name}. */
  public static StoreBuilder<?> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name + "-closed"), Serdes.Integer(), Serdes.Long())
        .withCachingEnabled();
  }

  public ClosedBy(ProcessorContext<?, ?> context, String name, int partitions) {
    this.store = context.getStateStore(name + "-closed");
    this.partitions = partitions;
  }

  /**
   * Takes note of a part that closes; answers up to where all partitions have closed, 0 while one
   * of them has said nothing.
   */
  public long advance(Part<?> part) {
    final Long before = store.get(part.partition());
    if (before == null || before < part.time()) store.put(part.partition(), part.time());
    long lowest = Long.MAX_VALUE;
    for (int partition = 0; partition < partitions; ++partition) {
      final Long closed = store.get(partition);
      if (closed == null) return 0;
      lowest = Math.min(lowest, closed);
    }
    return lowest;
  }
}
