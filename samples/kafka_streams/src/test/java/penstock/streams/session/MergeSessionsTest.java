package penstock.streams.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import penstock.streams.event.Event;
import penstock.streams.operator.Bench;
import penstock.streams.operator.Part;

class MergeSessionsTest {
  private static final long SIZE = 60_000;
  private static final long IDLE = 1_800_000;

  private static Bench<Part<Session>, String, Session> bench() {
    final MergeSessions merge =
        new MergeSessions("sessions", Duration.ofMillis(SIZE), Duration.ofMillis(IDLE), 2);
    return new Bench<>(merge);
  }

  private static Session session(String user, String type, long time) {
    final boolean change = type.equals("Approved");
    return Session.add(
        null,
        new Event(
            "id", null, change ? Event.DATABASE_CHANGE : Event.USER_ACTIVITY, user, "install", "s", null,
            change ? null : type, null, null, change ? type : null, type.equals("SessionEnd") ? "closed" : null, 0, time));
  }

  private static void part(Bench<Part<Session>, String, Session> bench, int partition, Session session) {
    bench.pipe("s", new Part<>(partition, session.first() / SIZE * SIZE, session), session.first());
  }

  private static void close(Bench<Part<Session>, String, Session> bench, long before) {
    for (int partition = 0; partition < 2; ++partition) {
      bench.pipe("", new Part<Session>(partition, before, null), before);
    }
  }

  @Test
  void aSessionIsOverWhenItsEndCameAndEveryPartitionIsBeyondIt() {
    try (var bench = bench()) {
      part(bench, 1, session("user", "SessionEnd", 125_000));
      part(bench, 1, session("user", "Click", 121_000));
      bench.pipe("", new Part<Session>(1, 180_000, null), 180_000);
      part(bench, 0, session(null, "SessionStart", 61_000));
      part(bench, 0, session(null, "Approved", 62_000));
      assertTrue(bench.out.isEmpty(), "partition 0 may have more of it");
      bench.pipe("", new Part<Session>(0, 180_000, null), 180_000);
      assertEquals(1, bench.out.size());
      assertEquals("s", bench.out.get(0).key);
      assertEquals(
          new Session(
              "install", "user", 125_000, 61_000, 125_000, true, true, "closed", 4,
              Map.of("SessionStart", 1, "SessionEnd", 1, "Click", 1), 1),
          bench.out.get(0).value);
    }
  }

  @Test
  void aSessionWithoutEndIsOverByTime() {
    try (var bench = bench()) {
      part(bench, 0, session("user", "SessionStart", 61_000));
      part(bench, 0, session("user", "Click", 1_000_000));
      close(bench, 1_000_000 + IDLE - 1);
      assertTrue(bench.out.isEmpty());
      close(bench, 1_000_000 + IDLE);
      assertEquals(1, bench.out.size());
      assertEquals(2, bench.out.get(0).value.events());
      assertEquals(false, bench.out.get(0).value.ended());
    }
  }

  @Test
  void whatComesAfterTheEndIsAnotherRecordOfTheSession() {
    try (var bench = bench()) {
      part(bench, 0, session("user", "SessionEnd", 61_000));
      close(bench, 120_000);
      part(bench, 0, session("user", "Click", 130_000));
      close(bench, 130_000 + IDLE);
      assertEquals(2, bench.out.size());
      assertEquals(1, bench.out.get(1).value.events());
    }
  }

  @Test
  void aPartitionThatLagsChangesNoSession() {
    for (final boolean lags : new boolean[] {false, true}) {
      try (var bench = bench()) {
        part(bench, 0, session("user", "SessionEnd", 61_000));
        if (!lags) close(bench, 120_000);
        part(bench, 0, session("user", "Click", 130_000));
        part(bench, 1, session("user", "Click", 130_000 + IDLE + 1));
        close(bench, 10 * IDLE);
        assertEquals(3, bench.out.size(), "lags: " + lags);
      }
    }
  }

  @Test
  void twoPartsAreTheSameSessionInEitherOrder() {
    final Session a = session("anna", "Click", 61_000);
    final Session b = session("ben", "SessionEnd", 61_000);
    assertEquals(Session.merge(a, b), Session.merge(b, a));
  }

  @Test
  void theTypesThatAProgramMakesUpDoNotGrowASessionWithoutBound() {
    Session session = null;
    for (int i = 0; i < 500; ++i) {
      final Session one = session("user", "type " + i, 61_000);
      session = session == null ? one : Session.merge(session, one);
    }
    assertEquals(101, session.activities().size());
    assertEquals(500, session.activities().values().stream().mapToInt(Integer::intValue).sum());
    assertEquals(400, session.activities().get("other"));
  }
}
