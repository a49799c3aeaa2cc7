package penstock.streams.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class TumblingAggregateTest {
  private static final long SIZE = 60_000;
  private static final long GRACE = 10_000;

  private static TumblingAggregate<String, Long> counts() {
    return new TumblingAggregate<>(
        "counts",
        Duration.ofMillis(SIZE),
        Duration.ofMillis(GRACE),
        value -> value.isEmpty() ? null : value,
        (count, value) -> count == null ? 1 : count + 1,
        Serdes.Long());
  }

  private static Bench<Timed<String>, String, Part<Long>> bench() {
    return new Bench<>(counts());
  }

  private static void add(Bench<Timed<String>, String, Part<Long>> bench, String group, long time) {
    bench.pipe(null, new Timed.Item<>(group, time), time);
  }

  private static void watermark(Bench<Timed<String>, String, Part<Long>> bench, long time) {
    bench.pipe(null, new Timed.Watermark<>(time), time);
  }

  private static KeyValue<String, Part<Long>> closed(long before) {
    return KeyValue.pair("", new Part<>(0, before, null));
  }

  private static KeyValue<String, Part<Long>> count(String group, long start, long count) {
    return KeyValue.pair(group, new Part<>(0, start, count));
  }

  @Test
  void aWindowIsWrittenOnceAndOnlyWhenNothingForItCanCome() {
    try (var bench = bench()) {
      add(bench, "a", 60_000);
      add(bench, "a", 119_999);
      add(bench, "b", 90_000);
      add(bench, "a", 120_000);
      watermark(bench, 120_000 + GRACE - 1);
      assertEquals(List.of(closed(60_000)), bench.out);
      watermark(bench, 120_000 + GRACE);
      watermark(bench, 120_000 + GRACE + 250);
      assertEquals(
          List.of(closed(60_000), count("a", 60_000, 2), count("b", 60_000, 1), closed(120_000)), bench.out);
    }
  }

  @Test
  void theOrderOfEventsWithinTheGraceDoesNotMatter() {
    try (var bench = bench()) {
      for (final long time : new long[] {125_000, 61_000, 121_000, 60_000}) add(bench, "a", time);
      watermark(bench, 500_000);
      assertEquals(List.of(count("a", 60_000, 2), count("a", 120_000, 2), closed(480_000)), bench.out);
    }
  }

  @Test
  void aValueWithoutGroupIsNotCounted() {
    try (var bench = bench()) {
      add(bench, "", 60_000);
      watermark(bench, 500_000);
      assertEquals(List.of(closed(480_000)), bench.out);
    }
  }

  // Kafka Streams calls init() again on the same processor, with the stores of the last commit.
  @Test
  void aTaskThatIsTakenBackToItsLastCommitWritesItsWindowAgain() {
    final var context = new MockProcessorContext<String, Part<Long>>();
    final KeyValueStore<Bytes, Long> store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("counts"), Serdes.Bytes(), Serdes.Long())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    final var task = counts().get();
    for (int attempt = 0; attempt < 2; ++attempt) {
      task.init(context);
      context.resetForwards();
      store.put(TimeKey.of(60_000, "a"), 1L);
      task.process(new Record<>(null, new Timed.Watermark<>(500_000), 0));
      assertEquals("a", context.forwarded().get(0).record().key(), "attempt " + attempt);
    }
  }

  @Test
  void manyGroupsOfOneWindowAllComeOut() {
    try (var bench = bench()) {
      for (int i = 0; i < 3500; ++i) add(bench, "group " + i, 60_000);
      watermark(bench, 500_000);
      final Map<String, Long> counts = new TreeMap<>();
      bench.out.forEach(entry -> counts.put(entry.key, entry.value.aggregate()));
      assertEquals(3501, counts.size());
      assertTrue(counts.entrySet().stream().allMatch(entry -> entry.getKey().isEmpty() || entry.getValue() == 1));
    }
  }
}
