package penstock.streams.event;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * Reads the value of a record in user-activity or db-changes (schemas/events). Takes what it knows
 * by name and passes over all else, so that an event of a later schema counts as long as it has the
 * fields of today's. Any thread.
 */
public final class EventReader {
  /** Why a record is no event, in words that name the field and no value of it. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String reason) {
      super(reason, null, false, false);
    }
  }

  /** An event, and whether its client's clock was believed. */
  public record Reading(Event event, boolean clockTrusted) {}

  // The newest that this program was written for.
  static final int SCHEMA_VERSION = 1;

  // In UTF-16 units; the gateway's limit is 256 bytes. What this program writes stays small with it.
  private static final int TEXT_MAX = 256;

  private static final ObjectReader JSON = new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readerFor(JsonNode.class);

  private final long skewMax;

  /** {@code skewMax} in milliseconds: {@link EventTime#of}. */
  public EventReader(long skewMax) {
    this.skewMax = skewMax;
  }

  /** {@code recordTime}: the timestamp of the Kafka record, in milliseconds since 1970. */
  public Reading read(byte[] value, long recordTime) throws Unreadable {
    final JsonNode json = parse(value);
    try {
      return toEvent(json, recordTime);
    } catch (Unreadable error) {
      final long version = json.path("schemaVersion").asLong(1);
      if (version <= SCHEMA_VERSION) throw error;
      throw new Unreadable(
          error.getMessage()
              + " (schemaVersion "
              + version
              + " is newer than "
              + SCHEMA_VERSION
              + ", which this program knows: update it, then reset to the time of this record)");
    }
  }

  private static JsonNode parse(byte[] value) throws Unreadable {
    if (value.length > 0 && value[0] == 0) {
      throw new Unreadable("the value begins with a zero byte, as Avro of a schema registry does; JSON is read");
    }
    final JsonNode json;
    try {
      json = JSON.readTree(value);
    } catch (JsonProcessingException error) {
      // None where a limit of the parser was met: depth, length of a number.
      final JsonLocation where = error.getLocation();
      throw new Unreadable(
          "the value is not JSON" + (where == null ? "" : ": byte " + where.getByteOffset()));
    } catch (IOException error) {
      throw new Unreadable("the value is not JSON");
    }
    if (json == null || !json.isObject()) throw new Unreadable("the value is not a JSON object");
    return json;
  }

  private Reading toEvent(JsonNode json, long recordTime) throws Unreadable {
    final long timestamp = required(time(json, "timestamp"), "timestamp");
    final Long received = time(json, "receivedAt");
    final long receivedAt = received == null ? recordTime : received;
    final long skew = skew(json);
    final String eventType = required(identifier(json, "eventType"), "eventType");
    final JsonNode details = json.path("details");
    final Event event =
        new Event(
            required(identifier(json, "eventId"), "eventId"),
            identifier(json, "correlationId"),
            eventType,
            identifier(json, "userId"),
            identifier(json, "installId"),
            identifier(json, "sessionId"),
            identifier(json, "pageId"),
            requiredOf(Event.USER_ACTIVITY, eventType, json, "activityType"),
            cut(details.path("element").textValue()),
            requiredOf(Event.DATABASE_CHANGE, eventType, json, "recordId"),
            requiredOf(Event.DATABASE_CHANGE, eventType, json, "action"),
            cut(details.path("endReason").textValue()),
            json.path("seq").longValue(),
            EventTime.of(timestamp, skew, receivedAt, recordTime, skewMax));
    return new Reading(event, EventTime.trusts(skew, skewMax));
  }

  private static String requiredOf(String type, String eventType, JsonNode json, String name)
      throws Unreadable {
    final String text = identifier(json, name);
    return type.equals(eventType) ? required(text, name) : text;
  }

  private static <T> T required(T value, String name) throws Unreadable {
    if (value == null) throw new Unreadable(name + " is missing");
    return value;
  }

  private static String identifier(JsonNode json, String name) throws Unreadable {
    final JsonNode node = json.get(name);
    if (node == null || node.isNull()) return null;
    if (!node.isTextual()) throw new Unreadable(name + " is not text");
    final String text = node.textValue();
    if (text.isEmpty()) return null;
    if (text.length() > TEXT_MAX) throw new Unreadable(name + " is longer than " + TEXT_MAX);
    if (text.chars().anyMatch(c -> c < ' ')) throw new Unreadable(name + " has a control character");
    return text;
  }

  private static String cut(String text) {
    return text == null || text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX - 1) + "…";
  }

  private static long skew(JsonNode json) throws Unreadable {
    final JsonNode node = json.get("clockSkewMs");
    if (node == null || node.isNull()) return 0;
    if (!node.canConvertToLong()) throw new Unreadable("clockSkewMs is not an integer");
    return node.longValue();
  }

  private static Long time(JsonNode json, String name) throws Unreadable {
    final String text = identifier(json, name);
    if (text == null) return null;
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from).toEpochMilli();
    } catch (DateTimeException | ArithmeticException error) {
      throw new Unreadable(name + " is not a time of RFC 3339");
    }
  }
}
