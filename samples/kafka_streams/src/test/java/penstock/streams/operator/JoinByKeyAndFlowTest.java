package penstock.streams.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import penstock.streams.operator.JoinByKeyAndFlow.Joined;
import penstock.streams.operator.JoinByKeyAndFlow.MatchedBy;

class JoinByKeyAndFlowTest {
  private static final long WINDOW = 30_000;
  private static final long GRACE = 10_000;
  private static final long T = 1_000_000;

  record V(String id, String user, String flow, long time, long number, boolean anchor) {}

  private static final class View implements JoinByKeyAndFlow.View<V> {
    @Override
    public String key(V value) {
      return value.user();
    }

    @Override
    public String flow(V value) {
      return value.flow();
    }

    @Override
    public String id(V value) {
      return value.id();
    }

    @Override
    public long time(V value) {
      return value.time();
    }

    @Override
    public long number(V value) {
      return value.number();
    }
  }

  private static Bench<Timed<V>, String, Joined<V>> bench() {
    final JoinByKeyAndFlow<V> join =
        new JoinByKeyAndFlow<>(
            "join",
            Duration.ofMillis(WINDOW),
            Duration.ofMillis(GRACE),
            V::anchor,
            new View(),
            JsonSerde.of(new TypeReference<V>() {}));
    return new Bench<>(join);
  }

  private static V change(String id, String user, String flow, long time) {
    return new V(id, user, flow, time, 0, true);
  }

  private static V activity(String id, String user, String flow, long time) {
    return new V(id, user, flow, time, 0, false);
  }

  private static void add(Bench<Timed<V>, String, Joined<V>> bench, V... values) {
    for (final V value : values) bench.pipe(null, new Timed.Item<>(value, value.time()), value.time());
  }

  private static void watermark(Bench<Timed<V>, String, Joined<V>> bench, long time) {
    bench.pipe(null, new Timed.Watermark<V>(time), time);
  }

  private static List<String> ids(Joined<V> joined) {
    return joined.matches().stream().map(V::id).toList();
  }

  @Test
  void aChangeIsJoinedWithWhatItsUserDidBeforeAndAfterIt() {
    try (var bench = bench()) {
      add(
          bench,
          activity("too early", "u", "f1", T - WINDOW - 1),
          activity("earliest", "u", "f1", T - WINDOW),
          activity("another user", "v", "f2", T),
          activity("user with that name in front", "u2", "f2", T),
          change("c", "u", "f0", T),
          activity("latest", "u", "f3", T + WINDOW),
          activity("too late", "u", "f3", T + WINDOW + 1));
      watermark(bench, T + WINDOW + GRACE);
      assertTrue(bench.out.isEmpty(), "an activity of the last moment may still come");
      watermark(bench, T + WINDOW + GRACE + 1);
      assertEquals(1, bench.out.size());
      assertEquals("u", bench.out.get(0).key);
      assertEquals(MatchedBy.TIME, bench.out.get(0).value.matchedBy());
      assertEquals(List.of("earliest", "latest"), ids(bench.out.get(0).value));
    }
  }

  @Test
  void theActivitiesOfTheSameFlowArePreferred() {
    try (var bench = bench()) {
      add(
          bench,
          activity("nearer", "u", "other", T),
          activity("of the flow", "u", "f", T - 20_000),
          change("c", "u", "f", T),
          activity("of the flow, after it", "u", "f", T + 1));
      watermark(bench, T + WINDOW + GRACE + 1);
      assertEquals(MatchedBy.FLOW, bench.out.get(0).value.matchedBy());
      assertEquals(List.of("of the flow", "of the flow, after it"), ids(bench.out.get(0).value));
    }
  }

  @Test
  void aChangeWithoutActivitiesComesOutAlone() {
    try (var bench = bench()) {
      add(bench, change("c", "u", null, T));
      watermark(bench, T + WINDOW + GRACE + 1);
      assertEquals(MatchedBy.NONE, bench.out.get(0).value.matchedBy());
      assertEquals(List.of(), ids(bench.out.get(0).value));
    }
  }

  @Test
  void aChangeComesOutOnceAndInTheOrderOfTime() {
    try (var bench = bench()) {
      add(bench, change("second", "u", "f", T + 5), change("first", "v", "f", T));
      watermark(bench, T + WINDOW + GRACE + 1);
      watermark(bench, T + WINDOW + GRACE + 500);
      watermark(bench, T + WINDOW + GRACE + 1000);
      assertEquals(List.of("first", "second"), bench.values().stream().map(j -> j.anchor().id()).toList());
    }
  }

  @Test
  void aChangeThatComesOutOfOrderWithinTheGraceFindsItsActivities() {
    try (var bench = bench()) {
      add(bench, activity("a", "u", "x", T), activity("b", "u", "x", T + GRACE + WINDOW));
      add(bench, change("c", "u", "f", T + WINDOW));
      watermark(bench, T + 10 * WINDOW);
      assertEquals(List.of("a", "b"), ids(bench.out.get(0).value));
    }
  }

  @Test
  void activitiesOfOneMomentAreInTheOrderOfTheirNumbers() {
    try (var bench = bench()) {
      for (final long number : new long[] {2, 10, 1}) {
        add(bench, new V("id " + number, "u", "f", T, number, false));
      }
      add(bench, change("c", "u", "f", T));
      watermark(bench, T + 10 * WINDOW);
      assertEquals(List.of("id 1", "id 2", "id 10"), ids(bench.out.get(0).value));
    }
  }

  @Test
  void aValueWithoutKeyJoinsWithNothing() {
    try (var bench = bench()) {
      add(bench, activity("a", null, "f", T), change("c", null, "f", T));
      watermark(bench, T + 10 * WINDOW);
      assertTrue(bench.out.isEmpty());
    }
  }

  @Test
  void ofVeryManyActivitiesTheNearestAreKeptAndTheOthersAreCounted() {
    try (var bench = bench()) {
      add(bench, change("c", "u", "f", T));
      for (int i = 0; i < 150; ++i) add(bench, activity(String.format("%03d", i), "u", "f", T + i * 100));
      watermark(bench, T + 10 * WINDOW);
      final Joined<V> joined = bench.out.get(0).value;
      assertEquals(JoinByKeyAndFlow.MATCHES_MAX, joined.matches().size());
      assertEquals(50, joined.leftOut());
      assertEquals("000", ids(joined).get(0));
      assertEquals("099", ids(joined).get(99));
    }
  }
}
