package penstock.streams.session;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import penstock.streams.event.Event;

/**
 * A session, or the part of one that a task has seen in one window. Times are milliseconds since
 * 1970.
 *
 * @param activities how many of each type; beyond 100 types they count as "other"
 * @param userTime when {@code userId} was last seen: the newest user wins
 * @param ended whether its SessionEnd has come
 */
public record Session(
    String installId,
    String userId,
    long userTime,
    long first,
    long last,
    boolean started,
    boolean ended,
    String endReason,
    int events,
    Map<String, Integer> activities,
    int changes) {

  // Programs make up types of their own; a record of Kafka has a limit.
  private static final int TYPES_MAX = 100;
  private static final String OTHER = "other";

  /** Adds an event; null is the session without events. */
  public static Session add(Session session, Event event) {
    final Session one = of(event);
    return session == null ? one : merge(session, one);
  }

  /** The two as one, in any order of their events. */
  public static Session merge(Session a, Session b) {
    final Session newer = newerUser(a, b);
    final Map<String, Integer> activities = new TreeMap<>(a.activities);
    b.activities.forEach((type, count) -> activities.merge(name(activities, type), count, Integer::sum));
    return new Session(
        first(a.installId, b.installId),
        newer.userId,
        newer.userTime,
        Math.min(a.first, b.first),
        Math.max(a.last, b.last),
        a.started || b.started,
        a.ended || b.ended,
        first(a.endReason, b.endReason),
        a.events + b.events,
        activities,
        a.changes + b.changes);
  }

  private static Session newerUser(Session a, Session b) {
    if (a.userTime != b.userTime) return b.userTime > a.userTime ? b : a;
    return Objects.equals(first(a.userId, b.userId), a.userId) ? a : b;
  }

  // Of two that differ always the same, whichever comes first.
  private static String first(String a, String b) {
    if (a == null || b == null) return a == null ? b : a;
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static String name(Map<String, Integer> activities, String type) {
    final boolean counted = activities.containsKey(type) || activities.size() < TYPES_MAX;
    return counted ? type : OTHER;
  }

  private static Session of(Event event) {
    final boolean activity = event.ofUserActivity();
    final boolean ends = activity && "SessionEnd".equals(event.activityType());
    return new Session(
        event.installId(),
        event.userId(),
        event.userId() == null ? -1 : event.time(),
        event.time(),
        event.time(),
        activity && "SessionStart".equals(event.activityType()),
        ends,
        ends ? event.endReason() : null,
        1,
        activity ? Map.of(event.activityType(), 1) : Map.of(),
        event.ofDatabaseChange() ? 1 : 0);
  }
}
