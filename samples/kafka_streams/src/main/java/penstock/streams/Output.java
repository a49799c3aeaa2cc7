package penstock.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import penstock.streams.event.Event;
import penstock.streams.operator.Group;
import penstock.streams.operator.JoinByKeyAndFlow.Joined;
import penstock.streams.operator.JoinByKeyAndFlow.MatchedBy;
import penstock.streams.operator.Part;
import penstock.streams.session.Session;

/** What lies in the output topics (schemas/events/aggregated-*.schema.json), as JSON. */
final class Output {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Output() {}

  /** Milliseconds since 1970 as Penstock writes times. */
  static String time(long milliseconds) {
    return TIME.format(Instant.ofEpochMilli(milliseconds));
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  // --- aggregated-activity: the group is who ("userId" or "installId"), its value, and what

  static String activityGroup(Event event) {
    if (!event.ofUserActivity()) return null;
    if (event.userId() != null) return Group.of("userId", event.userId(), event.activityType());
    if (event.installId() == null) return null;
    return Group.of("installId", event.installId(), event.activityType());
  }

  static byte[] activityKey(String group) {
    return bytes(Group.texts(group).get(1));
  }

  static byte[] activity(String group, Part<Long> part, long size) {
    final List<String> texts = Group.texts(group);
    final ObjectNode json = window(part, size);
    json.put(texts.get(0), texts.get(1)).put("activityType", texts.get(2));
    return write(json.put("count", part.aggregate()));
  }

  // --- aggregated-clicks: the group is page and element

  static String clickGroup(Event event) {
    final boolean click = event.ofUserActivity() && "Click".equals(event.activityType());
    return click ? Group.of(event.pageId(), event.element()) : null;
  }

  static byte[] clickKey(String group) {
    return bytes(Group.texts(group).get(0));
  }

  static byte[] clicks(String group, Part<Long> part, long size) {
    final List<String> texts = Group.texts(group);
    final ObjectNode json = window(part, size);
    put(json, "pageId", texts.get(0));
    put(json, "element", texts.get(1));
    return write(json.put("count", part.aggregate()));
  }

  // --- aggregated-events

  static byte[] joined(Joined<Event> joined) {
    final Event change = joined.anchor();
    final ObjectNode json = JSON.createObjectNode();
    json.put("userId", change.userId());
    json.set("change", brief(change));
    json.put("matchedBy", matchedBy(joined.matchedBy()));
    final ArrayNode activities = json.putArray("activities");
    joined.matches().forEach(event -> activities.add(brief(event)));
    return write(json.put("activitiesLeftOut", joined.leftOut()));
  }

  private static String matchedBy(MatchedBy by) {
    return switch (by) {
      case FLOW -> "correlationId";
      case TIME -> "time";
      case NONE -> "none";
    };
  }

  private static ObjectNode brief(Event event) {
    final ObjectNode json = JSON.createObjectNode();
    put(json, "eventId", event.eventId());
    put(json, "correlationId", event.correlationId());
    json.put("time", time(event.time()));
    put(json, "activityType", event.activityType());
    put(json, "recordId", event.recordId());
    put(json, "action", event.action());
    put(json, "pageId", event.pageId());
    put(json, "element", event.element());
    put(json, "sessionId", event.sessionId());
    return json;
  }

  // --- aggregated-sessions

  static byte[] session(String id, Session session) {
    final ObjectNode json = JSON.createObjectNode().put("sessionId", id);
    put(json, "installId", session.installId());
    put(json, "userId", session.userId());
    json.put("startedAt", time(session.first())).put("endedAt", time(session.last()));
    json.put("duration", (session.last() - session.first()) / 1000.0);
    json.put("started", session.started());
    json.put("closedBy", session.ended() ? "SessionEnd" : "time");
    put(json, "endReason", session.endReason());
    json.put("events", session.events());
    json.set("activities", JSON.valueToTree(session.activities()));
    return write(json.put("changes", session.changes()));
  }

  // --- aggregation-dead-letter

  static byte[] unreadable(Read.Unreadable record) {
    final ObjectNode json = JSON.createObjectNode();
    json.put("topic", record.topic()).put("partition", record.partition());
    json.put("offset", record.offset()).put("reason", record.reason());
    return write(json.put("bytes", record.bytes()));
  }

  private static ObjectNode window(Part<?> part, long size) {
    return JSON.createObjectNode()
        .put("windowStart", time(part.time()))
        .put("windowEnd", time(part.time() + size));
  }

  private static void put(ObjectNode json, String name, String text) {
    if (text != null) json.put(name, text);
  }

  private static byte[] write(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException error) {
      throw new UncheckedIOException(error);
    }
  }
}
