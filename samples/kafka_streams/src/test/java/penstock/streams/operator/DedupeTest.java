package penstock.streams.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DedupeTest {
  private static final long HOUR = 3_600_000;
  private static final String UUID = "b343162f-9245-5a41-8b77-da11c46166ea";

  private final AtomicInteger duplicates = new AtomicInteger();

  private Bench<Timed<String>, byte[], Timed<String>> bench() {
    final Dedupe<String> dedupe =
        new Dedupe<>("dedupe", Duration.ofHours(25), Function.identity(), duplicates::incrementAndGet);
    return new Bench<>(dedupe);
  }

  private static Timed<String> item(String id, long time) {
    return new Timed.Item<>(id, time);
  }

  @Test
  void anIdGoesThroughOnce() {
    try (var bench = bench()) {
      for (int i = 0; i < 3; ++i) bench.pipe(null, item(UUID, 5), 1000 + i);
      bench.pipe(null, item("another", 5), 2000);
      assertEquals(List.of(item(UUID, 5), item("another", 5)), bench.values());
      assertEquals(2, duplicates.get());
    }
  }

  @Test
  void anIdThatIsNoUuidIsNotTakenForTheUuidItResembles() {
    try (var bench = bench()) {
      bench.pipe(null, item(UUID, 5), 1000);
      bench.pipe(null, item(UUID.toUpperCase(), 5), 1000);
      assertEquals(2, bench.out.size());
    }
  }

  @Test
  void anIdIsRememberedForAllOfTheRetention() {
    for (long begin = 0; begin < 26 * HOUR; begin += HOUR) {
      try (var bench = bench()) {
        bench.pipe(null, item(UUID, 5), begin);
        bench.pipe(null, item("time passes", 5), begin + 24 * HOUR);
        bench.pipe(null, item(UUID, 5), begin + 25 * HOUR);
        assertEquals(2, bench.out.size(), "begin " + begin);
      }
    }
  }

  @Test
  void anIdIsForgottenAfterTwiceTheRetention() {
    try (var bench = bench()) {
      bench.pipe(null, item(UUID, 5), 0);
      bench.pipe(null, item(UUID, 5), 51 * HOUR);
      assertEquals(2, bench.out.size());
    }
  }

  @Test
  void anEventThatCameDaysLateIsDroppedWhenItComesAgain() {
    try (var bench = bench()) {
      final long now = 1000 * HOUR;
      bench.pipe(null, item("today's", now), now);
      bench.pipe(null, item(UUID, now - 100 * HOUR), now);
      bench.pipe(null, item(UUID, now - 100 * HOUR), now + 1);
      assertEquals(2, bench.out.size());
    }
  }

  @Test
  void aRecordWhoseTimeIsOlderThanThatBeforeItIsSeenToo() {
    try (var bench = bench()) {
      bench.pipe(null, item(UUID, 5), 100 * HOUR);
      bench.pipe(null, item(UUID, 5), 90 * HOUR);
      assertEquals(1, bench.out.size());
    }
  }

  @Test
  void ticksAndWatermarksPass() {
    try (var bench = bench()) {
      bench.pipe(null, new Timed.Tick<>(7), 7);
      bench.pipe(null, new Timed.Tick<>(7), 7);
      assertEquals(2, bench.out.size());
    }
  }
}
