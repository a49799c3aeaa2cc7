package penstock.streams.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateEventBranchTest {
  private static final long GRACE = 10_000;
  private static final long QUIET = 5_000;
  private static final long NOW = 1_000_000;

  private static Bench<Timed<String>, byte[], Timed<String>> bench(long notBefore) {
    final LateEventBranch<String> branch =
        new LateEventBranch<>("watermark", Duration.ofMillis(GRACE), Duration.ofMillis(QUIET), notBefore);
    return new Bench<>(branch);
  }

  private static Timed<String> item(long time) {
    return new Timed.Item<>("e", time);
  }

  private static Timed<String> last(Bench<Timed<String>, byte[], Timed<String>> bench) {
    return bench.values().get(bench.out.size() - 1);
  }

  @Test
  void theWatermarkComesBeforeTheItemThatRaisesIt() {
    try (var bench = bench(0)) {
      bench.pipe(null, item(NOW), NOW);
      assertEquals(List.of(new Timed.Watermark<String>(NOW), item(NOW)), bench.values());
    }
  }

  @Test
  void anItemThatIsAsOldAsTheGraceIsOnTimeAndOneThatIsOlderIsLate() {
    try (var bench = bench(0)) {
      bench.pipe(null, item(NOW), NOW);
      bench.pipe(null, item(NOW - GRACE), NOW);
      assertEquals(item(NOW - GRACE), last(bench));
      bench.pipe(null, item(NOW - GRACE - 1), NOW);
      assertEquals(new Timed.Late<>("e", NOW - GRACE - 1, NOW), last(bench));
    }
  }

  @Test
  void theWatermarkNeverGoesBack() {
    try (var bench = bench(0)) {
      bench.pipe(null, item(NOW), NOW);
      bench.pipe(null, item(NOW - GRACE), NOW);
      bench.pipe(null, item(NOW - GRACE - 1), NOW);
      assertTrue(last(bench) instanceof Timed.Late);
    }
  }

  @Test
  void aTickMovesAQuietPartitionAndLeavesRoomForWhatIsOnItsWay() {
    try (var bench = bench(0)) {
      bench.pipe(null, item(NOW), NOW);
      bench.pipe(null, new Timed.Tick<>(NOW + QUIET), NOW + QUIET);
      assertEquals(item(NOW), last(bench), "a tick that says nothing new");
      bench.pipe(null, new Timed.Tick<>(NOW + QUIET + 3000), NOW + QUIET + 3000);
      assertEquals(new Timed.Watermark<String>(NOW + 3000), last(bench));
    }
  }

  @Test
  void aPartitionThatNeverHadAnEventMovesByTicks() {
    try (var bench = bench(0)) {
      bench.pipe(null, new Timed.Tick<>(NOW), NOW);
      assertEquals(List.of(new Timed.Watermark<String>(NOW - QUIET)), bench.values());
    }
  }

  @Test
  void whatHappenedBeforeTheBeginningOfAResetIsLate() {
    try (var bench = bench(NOW)) {
      bench.pipe(null, item(NOW - 1), NOW);
      assertTrue(last(bench) instanceof Timed.Late);
      bench.pipe(null, item(NOW), NOW);
      assertEquals(item(NOW), last(bench));
    }
  }
}
