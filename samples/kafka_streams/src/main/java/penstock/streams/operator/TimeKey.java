package penstock.streams.operator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keys of stores that are in the order of a time: eight bytes of it, then a text. */
public final class TimeKey {
  private static final int BATCH = 1000;  // entries that are in memory at a time

  private TimeKey() {}

  public static Bytes of(long time, String text) {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(ByteBuffer.allocate(8 + bytes.length).putLong(time).put(bytes).array());
  }

  public static long time(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong();
  }

  public static String text(Bytes key) {
    return new String(key.get(), 8, key.get().length - 8, StandardCharsets.UTF_8);
  }

  /** Takes all entries with from <= time < to out of the store, in order. */
  public static <A> void drain(
      KeyValueStore<Bytes, A> store, long from, long to, BiConsumer<Bytes, A> take) {
    final Bytes end = of(to, "");  // no entry has an empty text
    Bytes begin = of(Math.max(0, from), "");
    List<KeyValue<Bytes, A>> batch;
    do {
      batch = next(store, begin, end);
      for (final KeyValue<Bytes, A> entry : batch) {
        store.delete(entry.key);
        take.accept(entry.key, entry.value);
        begin = entry.key;
      }
    } while (batch.size() == BATCH);
  }

  private static <A> List<KeyValue<Bytes, A>> next(
      KeyValueStore<Bytes, A> store, Bytes begin, Bytes end) {
    final List<KeyValue<Bytes, A>> batch = new ArrayList<>();
    try (KeyValueIterator<Bytes, A> entries = store.range(begin, end)) {
      while (batch.size() < BATCH && entries.hasNext()) batch.add(entries.next());
    }
    return batch;
  }
}
