package penstock.streams.event;

/**
 * What the aggregates need of one event of Penstock; fields that the event does not have are null.
 *
 * @param seq counts up in an install; 0: the event has none
 * @param time when it happened, in milliseconds since 1970: {@link EventTime}
 */
public record Event(
    String eventId,
    String correlationId,
    String eventType,
    String userId,
    String installId,
    String sessionId,
    String pageId,
    String activityType,
    String element,
    String recordId,
    String action,
    String endReason,
    long seq,
    long time) {

  public static final String USER_ACTIVITY = "UserActivity";
  public static final String DATABASE_CHANGE = "DatabaseChange";

  // Not is…(): Jackson would write these as fields.
  public boolean ofUserActivity() {
    return USER_ACTIVITY.equals(eventType);
  }

  public boolean ofDatabaseChange() {
    return DATABASE_CHANGE.equals(eventType);
  }
}
