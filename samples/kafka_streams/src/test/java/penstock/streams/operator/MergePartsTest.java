package penstock.streams.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;

class MergePartsTest {
  private static final long SIZE = 300_000;

  private static Bench<Part<Long>, String, Part<Long>> bench() {
    final MergeParts<Long> merge =
        new MergeParts<>("merged", Duration.ofMillis(SIZE), 2, Long::sum, Serdes.Long());
    return new Bench<>(merge);
  }

  private static void part(Bench<Part<Long>, String, Part<Long>> bench, int partition, String group, long start, long count) {
    bench.pipe(group, new Part<>(partition, start, count), start);
  }

  private static void closes(Bench<Part<Long>, String, Part<Long>> bench, int partition, long before) {
    bench.pipe("", new Part<Long>(partition, before, null), before);
  }

  @Test
  void aWindowWaitsForThePartitionThatLags() {
    try (var bench = bench()) {
      part(bench, 0, "home", SIZE, 3);
      closes(bench, 0, 4 * SIZE);
      assertTrue(bench.out.isEmpty());
      part(bench, 1, "home", SIZE, 4);
      closes(bench, 1, 2 * SIZE);
      assertEquals(List.of(KeyValue.pair("home", new Part<>(0, SIZE, 7L))), bench.out);
    }
  }

  @Test
  void aPartitionThatSaysAgainHowFarItIsChangesNothing() {
    try (var bench = bench()) {
      part(bench, 0, "home", SIZE, 3);
      for (int i = 0; i < 2; ++i) {
        closes(bench, 0, 2 * SIZE);
        closes(bench, 1, 2 * SIZE);
      }
      closes(bench, 0, SIZE);
      assertEquals(1, bench.out.size());
    }
  }

  @Test
  void whatATaskHasClosedGoesToEveryPartitionAndAPartToThatOfItsGroup() {
    final var partitioner = MergeParts.<Long>partitioner();
    assertEquals(
        Optional.of(Set.of(0, 1, 2)), partitioner.partitions("t", "", new Part<Long>(0, SIZE, null), 3));
    assertEquals(Optional.empty(), partitioner.partitions("t", "home", new Part<>(0, SIZE, 1L), 3));
  }
}
