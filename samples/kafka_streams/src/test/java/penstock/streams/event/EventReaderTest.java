package penstock.streams.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {
  private static final long DAY = 86_400_000;
  private static final long RECORD_TIME = Instant.parse("2026-11-23T12:00:00.400Z").toEpochMilli();
  private static final String STAMPS =
      "\"eventId\":\"e1\",\"correlationId\":\"f1\",\"receivedAt\":\"2026-11-23T12:00:00.329Z\",\"clockSkewMs\":79,";
  private static final String CLICK =
      "{"
          + STAMPS
          + "\"installId\":\"i1\",\"seq\":1,\"eventType\":\"UserActivity\",\"timestamp\":\"2026-11-23T12:00:00.000Z\","
          + "\"activityType\":\"Click\",\"pageId\":\"approval-screen\",\"userId\":\"user-4711\",\"sessionId\":\"s1\","
          + "\"details\":{\"element\":\"approve-button\"},\"metadata\":{\"app\":\"ApprovalDesk\"}}";

  private static EventReader.Reading reading(String json) throws EventReader.Unreadable {
    return new EventReader(DAY).read(json.getBytes(StandardCharsets.UTF_8), RECORD_TIME);
  }

  private static Event read(String json) throws EventReader.Unreadable {
    return reading(json).event();
  }

  private static String reason(String json) {
    return assertThrows(EventReader.Unreadable.class, () -> read(json)).getMessage();
  }

  @Test
  void anActivityAsTheGatewayWritesIt() throws Exception {
    final long time = Instant.parse("2026-11-23T12:00:00.079Z").toEpochMilli();
    assertEquals(
        new Event(
            "e1", "f1", "UserActivity", "user-4711", "i1", "s1", "approval-screen", "Click", "approve-button", null,
            null, null, 1, time),
        read(CLICK));
  }

  @Test
  void aChangeAsTheGatewayWritesIt() throws Exception {
    final Event change =
        read(
            "{" + STAMPS + "\"eventType\":\"DatabaseChange\",\"timestamp\":\"2026-11-23T12:00:00Z\","
                + "\"recordId\":\"REQ-1\",\"action\":\"Approved\"}");
    assertTrue(change.ofDatabaseChange());
    assertEquals("REQ-1", change.recordId());
    assertEquals("Approved", change.action());
  }

  @Test
  void anEventOfALaterSchemaCountsAsLongAsItHasTodaysFields() throws Exception {
    final String second = CLICK.replace("\"seq\":1", "\"seq\":1,\"schemaVersion\":2,\"pressure\":{\"kPa\":[1,2]}");
    assertEquals(read(CLICK), read(second));
  }

  @Test
  void aLaterSchemaThatTodayCannotReadIsSaidAsSuch() {
    final String third = CLICK.replace("\"seq\":1", "\"schemaVersion\":3").replace("\"activityType\":\"Click\",", "");
    assertTrue(reason(third).startsWith("activityType is missing (schemaVersion 3 is newer than 1"), reason(third));
  }

  @Test
  void anEventOfATypeThatIsNotKnownIsAnEvent() throws Exception {
    final String own = CLICK.replace("UserActivity", "Inventory");
    assertFalse(read(own).ofUserActivity());
  }

  @Test
  void whatCannotBeReadSaysWhyWithoutItsContent() {
    assertEquals("the value is not a JSON object", reason("[1]"));
    assertEquals("the value is not a JSON object", reason(""));
    assertTrue(reason("{\"eventId\":\"secret").startsWith("the value is not JSON: byte"));
    assertTrue(reason(CLICK + CLICK).startsWith("the value is not JSON"));
    assertTrue(reason("\0\0\0\0\1avro").contains("Avro"));
    assertEquals("eventId is missing", reason(CLICK.replace("\"eventId\":\"e1\",", "")));
    assertEquals("userId is not text", reason(CLICK.replace("\"user-4711\"", "{}")));
    assertEquals("userId has a control character", reason(CLICK.replace("user-4711", "a\\u0000b")));
    assertEquals("pageId is longer than 256", reason(CLICK.replace("approval-screen", "p".repeat(257))));
    assertEquals("timestamp is not a time of RFC 3339", reason(CLICK.replace("2026-11-23T12:00:00.000Z", "yesterday")));
    assertEquals("clockSkewMs is not an integer", reason(CLICK.replace(":79", ":1e400")));
    assertTrue(reason("[".repeat(5000)).startsWith("the value is not JSON"));
  }

  @Test
  void aLongElementIsCutSinceItsEventIsGood() throws Exception {
    assertEquals(256, read(CLICK.replace("approve-button", "b".repeat(5000))).element().length());
  }

  @Test
  void aTimeWithAnOffsetIsRead() throws Exception {
    final String paris = CLICK.replace("2026-11-23T12:00:00.000Z", "2026-11-23T13:00:00.000+01:00");
    assertEquals(read(CLICK).time(), read(paris).time());
  }

  // timestamp, clockSkewMs, receivedAt, time of the record, all in seconds around an hour of 2026
  @ParameterizedTest
  @CsvSource({
    "100, 0, 101, 102, 100",        // a good clock
    "40, 60, 101, 102, 100",        // a minute behind
    "160, -60, 101, 102, 100",      // a minute ahead
    "160, 0, 101, 102, 101",        // ahead, and nobody measured it: not after it was received
    "160, 0, 200, 102, 102",        // nor after it came to Kafka
    "-50000, 0, 101, 102, -50000",  // offline for long
    "-400000, 400100, 101, 102, 101",  // a clock that is no clock
    "400100, -400000, 101, 102, 101",
  })
  void theTimeOfAnEvent(long timestamp, long skew, long received, long record, long expected) {
    final long base = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
    assertEquals(
        base + expected * 1000,
        EventTime.of(base + timestamp * 1000, skew * 1000, base + received * 1000, base + record * 1000, DAY));
  }

  @Test
  void aClockThatIsNotBelievedIsSaid() throws Exception {
    assertTrue(reading(CLICK).clockTrusted());
    assertFalse(reading(CLICK.replace(":79", ":" + 2 * DAY)).clockTrusted());
  }
}
