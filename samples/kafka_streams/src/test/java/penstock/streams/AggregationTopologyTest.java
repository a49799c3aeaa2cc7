package penstock.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole topology, with one partition, as the gateway's records come in. */
class AggregationTopologyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long T = Instant.parse("2026-11-28T12:00:00Z").toEpochMilli();
  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private final Counters counters = new Counters();
  private TopologyTestDriver driver;
  private int events;
  private int recordSize = 1_048_588;

  @BeforeEach
  void begin() throws Exception {
    start(new Properties());
  }

  private void start(Properties more) throws Exception {
    final Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", "none:1");
    properties.putAll(more);
    final Settings settings = Settings.of(properties);
    final Properties kafka = new Properties();
    kafka.putAll(settings.kafka());
    driver =
        new TopologyTestDriver(
            AggregationTopology.build(settings, 1, recordSizes(settings), counters),
            kafka,
            Instant.ofEpochMilli(T));
  }

  private Map<String, Integer> recordSizes(Settings settings) {
    return settings.topics().own().stream().collect(Collectors.toMap(topic -> topic, topic -> recordSize));
  }

  @AfterEach
  void end() {
    driver.close();
  }

  // --- what comes in

  /** An event that its client's clock has at {@code time}, and that the gateway has a second later. */
  private final class Sent {
    private final StringBuilder fields = new StringBuilder();
    private final long time;
    private long receivedAt;
    private long skew;
    private String id = "e" + ++events;
    private String flow = "flow-" + events;
    private String user = "anna";

    Sent(String type, long time) {
      this.time = time;
      this.receivedAt = time + SECOND;
      field("eventType", type);
    }

    Sent field(String name, String value) {
      fields.append(",\"").append(name).append("\":\"").append(value).append('"');
      return this;
    }

    Sent raw(String text) {
      fields.append(',').append(text);
      return this;
    }

    Sent id(String text) {
      id = text;
      return this;
    }

    Sent flow(String text) {
      flow = text;
      return this;
    }

    Sent user(String text) {
      user = text;
      return this;
    }

    Sent receivedAt(long milliseconds) {
      receivedAt = milliseconds;
      return this;
    }

    Sent skew(long milliseconds) {
      skew = milliseconds;
      return this;
    }

    private String json() {
      return String.format(
          "{\"eventId\":\"%s\",\"correlationId\":\"%s\",\"receivedAt\":\"%s\",\"clockSkewMs\":%d,\"installId\":\"i1\",\"timestamp\":\"%s\"%s%s}",
          id, flow, Output.time(receivedAt), skew, Output.time(time),
          user == null ? "" : ",\"userId\":\"" + user + "\"", fields);
    }

    void to(String topic) {
      pipe(topic, user == null ? "i1" : user, json(), receivedAt);
    }
  }

  private void pipe(String topic, String key, String value, long time) {
    final Headers headers = new RecordHeaders();
    headers.add("eventId", "as the gateway wrote it".getBytes(StandardCharsets.UTF_8));
    driver
        .createInputTopic(topic, new StringSerializer(), new ByteArraySerializer())
        .pipeInput(
            new TestRecord<>(
                key, value == null ? null : value.getBytes(StandardCharsets.UTF_8), headers, time));
  }

  private void activity(String type, String user, long time) {
    new Sent("UserActivity", time).field("activityType", type).user(user).to("user-activity");
  }

  private Sent click(long time) {
    return new Sent("UserActivity", time)
        .field("activityType", "Click")
        .field("pageId", "home")
        .raw("\"details\":{\"element\":\"save\"}");
  }

  private Sent change(long time) {
    return new Sent("DatabaseChange", time).field("recordId", "REQ-1").field("action", "Approved");
  }

  private void tick(long time) {
    pipe("aggregation-ticks", null, "{}", time);
  }

  // --- what comes out

  private List<TestRecord<String, byte[]>> records(String topic) {
    final TestOutputTopic<String, byte[]> output =
        driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
    return output.readRecordsToList();
  }

  private List<JsonNode> read(String topic) {
    final List<JsonNode> values = new ArrayList<>();
    for (final TestRecord<String, byte[]> record : records(topic)) values.add(json(record.value()));
    checkAgainstSchema(topic, values);
    return values;
  }

  // As the schema that is published says, and with no field that the schema does not name.
  private static void checkAgainstSchema(String topic, List<JsonNode> values) {
    final Path file = Path.of("../../schemas/events", topic + ".schema.json");
    if (!Files.exists(file)) return;
    try {
      final JsonNode schema = JSON.readTree(file.toFile());
      final JsonSchema validator = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
      for (final JsonNode value : values) {
        assertEquals(Set.of(), validator.validate(value), value.toString());
        value.fieldNames().forEachRemaining(name -> assertTrue(schema.path("properties").has(name), name));
      }
    } catch (java.io.IOException error) {
      throw new AssertionError(error);
    }
  }

  @Test
  void theSchemasOfAllAggregatesAreThere() {
    for (final String topic : List.of("activity", "clicks", "events", "sessions")) {
      assertTrue(Files.exists(Path.of("../../schemas/events/aggregated-" + topic + ".schema.json")), topic);
    }
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (java.io.IOException error) {
      throw new AssertionError(error);
    }
  }

  private static JsonNode json(String text) {
    return json(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode count(String user, String type, String window, int count) {
    final String end = Output.time(Instant.parse(window).toEpochMilli() + MINUTE);
    return json(
        String.format(
            "{'windowStart':'%s','windowEnd':'%s','userId':'%s','activityType':'%s','count':%d}",
            Output.time(Instant.parse(window).toEpochMilli()), end, user, type, count));
  }

  // --- counts

  @Test
  void activitiesAreCountedByUserAndTypeInOneMinuteWindows() {
    activity("PageView", "anna", T);
    activity("PageView", "anna", T + 59_999);
    activity("PageView", "ben", T + 30 * SECOND);
    activity("Error", "anna", T + 30 * SECOND);
    activity("PageView", "anna", T + MINUTE);
    tick(T + 4 * MINUTE);
    assertEquals(
        List.of(
            count("anna", "Error", "2026-11-28T12:00:00Z", 1),
            count("anna", "PageView", "2026-11-28T12:00:00Z", 2),
            count("ben", "PageView", "2026-11-28T12:00:00Z", 1)),
        read("aggregated-activity"));
    tick(T + 5 * MINUTE);
    assertEquals(
        List.of(count("anna", "PageView", "2026-11-28T12:01:00Z", 1)), read("aggregated-activity"));
  }

  @Test
  void countsLieUnderTheirUserAndThoseOfNobodyUnderTheInstall() {
    activity("PageView", "anna", T);
    activity("PageView", null, T);
    tick(T + HOUR);
    final List<TestRecord<String, byte[]>> counts = records("aggregated-activity");
    assertEquals(List.of("i1", "anna"), counts.stream().map(TestRecord::key).toList());
    assertEquals("i1", json(counts.get(0).value()).path("installId").asText());
    assertTrue(json(counts.get(0).value()).path("userId").isMissingNode());
  }

  @Test
  void eachResultLiesUnderItsKey() {
    click(T).field("sessionId", "s1").to("user-activity");
    change(T).to("db-changes");
    tick(T + HOUR);
    assertEquals("home", records("aggregated-clicks").get(0).key());
    assertEquals("anna", records("aggregated-events").get(0).key());
    assertEquals("s1", records("aggregated-sessions").get(0).key());
  }

  @Test
  void clicksOfAllUsersAreCountedByPageAndElementInFiveMinuteWindows() {
    click(T).to("user-activity");
    new Sent("UserActivity", T + MINUTE).field("activityType", "Click").to("user-activity");
    activity("PageView", "anna", T);
    click(T + 4 * MINUTE).user("ben").to("user-activity");
    tick(T + HOUR);
    final List<JsonNode> clicks = read("aggregated-clicks");
    assertEquals(2, clicks.size());
    assertEquals(
        json(
            "{'windowStart':'2026-11-28T12:00:00.000Z','windowEnd':'2026-11-28T12:05:00.000Z','pageId':'home','element':'save','count':2}"),
        clicks.get(0));
    assertTrue(clicks.get(1).path("pageId").isMissingNode());
    assertEquals(1, clicks.get(1).path("count").asInt());
  }

  @Test
  void anEventThatComesTwiceCountsOnceAlsoWhenItsTimesDiffer() {
    click(T).id("same").to("user-activity");
    click(T).id("same").skew(40).receivedAt(T + 20 * SECOND).to("user-activity");
    click(T).id("same").receivedAt(T + 24 * HOUR).to("user-activity");
    tick(T + 25 * HOUR);
    assertEquals(1, read("aggregated-activity").get(0).path("count").asInt());
    assertEquals(1, read("aggregated-clicks").get(0).path("count").asInt());
    assertEquals(2, counters.duplicates.sum());
    assertTrue(read("late-events").isEmpty());
  }

  @Test
  void theOrderOfEventsDoesNotMatterWithinTheGrace() {
    for (final long second : new long[] {110, 5, 125, 50, 61, 10}) activity("PageView", "anna", T + second * SECOND);
    tick(T + HOUR);
    final List<Integer> found = read("aggregated-activity").stream().map(row -> row.path("count").asInt()).toList();
    assertEquals(List.of(3, 2, 1), found);
  }

  // --- time

  @Test
  void anEventIsCountedInTheMinuteThatItHappenedInByTheGatewaysClock() {
    // the client's clock is ten minutes ahead; it sent a second after the click
    click(T + 10 * MINUTE).skew(-10 * MINUTE).receivedAt(T + SECOND).to("user-activity");
    tick(T + HOUR);
    assertEquals("2026-11-28T12:00:00.000Z", read("aggregated-activity").get(0).path("windowStart").asText());
  }

  @Test
  void aClientWhoseClockIsAheadDoesNotMakeTheOthersLate() {
    click(T + 300 * HOUR).receivedAt(T).to("user-activity");
    click(T).skew(300 * HOUR).receivedAt(T).to("user-activity");
    click(T - MINUTE).to("user-activity");
    tick(T + HOUR);
    assertTrue(read("late-events").isEmpty());
    assertEquals(1, counters.clocksNotTrusted.sum());
    assertEquals(3, read("aggregated-activity").stream().mapToInt(row -> row.path("count").asInt()).sum());
  }

  @Test
  void anEventBeyondTheGraceIsInNoCountAndWhollyInLateEvents() {
    activity("PageView", "anna", T + HOUR);
    final Sent late = click(T).receivedAt(T + HOUR);
    late.to("user-activity");
    tick(T + 3 * HOUR);
    assertEquals(List.of(count("anna", "PageView", "2026-11-28T13:00:00Z", 1)), read("aggregated-activity"));
    assertTrue(read("aggregated-clicks").isEmpty());
    final List<TestRecord<String, byte[]>> found = records("late-events");
    assertEquals(1, found.size());
    assertEquals("anna", found.get(0).key());
    assertEquals(late.json(), new String(found.get(0).value(), StandardCharsets.UTF_8));
    assertEquals("as the gateway wrote it", header(found.get(0), "eventId"));
    assertEquals("2026-11-28T12:00:00.000Z", header(found.get(0), "eventTime"));
    assertEquals("2026-11-28T13:00:00.000Z", header(found.get(0), "watermark"));
    assertEquals("3600000", header(found.get(0), "lateByMs"));
    assertEquals(1, counters.late.sum());
  }

  private static String header(TestRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void aLateEventThatComesAgainIsLateOnce() {
    activity("PageView", "anna", T + HOUR);
    for (int i = 0; i < 2; ++i) click(T).id("late").receivedAt(T + HOUR + i).to("user-activity");
    assertEquals(1, records("late-events").size());
  }

  @Test
  void windowsCloseOnAQuietPartitionByTheTicksAlone() {
    activity("PageView", "anna", T);
    tick(T + 4 * MINUTE - 1);
    assertTrue(read("aggregated-activity").isEmpty());
    tick(T + 4 * MINUTE);
    assertEquals(1, read("aggregated-activity").size());
  }

  // --- the join

  @Test
  void aChangeIsJoinedWithTheActivitiesOfItsFlow() {
    click(T).flow("approve").to("user-activity");
    click(T + 5 * SECOND).flow("another").to("user-activity");
    click(T + 5 * SECOND).flow("approve").user("ben").to("user-activity");
    change(T + 6 * SECOND).flow("approve").to("db-changes");
    tick(T + HOUR);
    final List<JsonNode> joined = read("aggregated-events");
    assertEquals(1, joined.size());
    assertEquals(
        json(
            "{'userId':'anna','change':{'eventId':'e4','correlationId':'approve','time':'2026-11-28T12:00:06.000Z',"
                + "'recordId':'REQ-1','action':'Approved'},'matchedBy':'correlationId','activities':[{'eventId':'e1',"
                + "'correlationId':'approve','time':'2026-11-28T12:00:00.000Z','activityType':'Click','pageId':'home',"
                + "'element':'save'}],'activitiesLeftOut':0}"),
        joined.get(0));
  }

  @Test
  void aChangeWithoutActivitiesOfItsFlowIsJoinedByTime() {
    click(T).to("user-activity");
    click(T + 40 * SECOND).to("user-activity");
    change(T + 30 * SECOND).to("db-changes");
    tick(T + HOUR);
    final JsonNode joined = read("aggregated-events").get(0);
    assertEquals("time", joined.path("matchedBy").asText());
    assertEquals(2, joined.path("activities").size());
  }

  @Test
  void aChangeThatComesTwiceIsJoinedOnceAndOneOfNobodyNever() {
    for (int i = 0; i < 2; ++i) change(T).id("same").to("db-changes");
    change(T).user(null).to("db-changes");
    tick(T + HOUR);
    assertEquals(1, read("aggregated-events").size());
  }

  // --- sessions

  @Test
  void aSessionEndsWithItsSessionEndAcrossSigningIn() {
    new Sent("UserActivity", T).field("activityType", "SessionStart").field("sessionId", "s1").user(null).to("user-activity");
    click(T + 5 * SECOND).field("sessionId", "s1").to("user-activity");
    change(T + 6 * SECOND).field("sessionId", "s1").to("db-changes");
    new Sent("UserActivity", T + 90_500)
        .field("activityType", "SessionEnd")
        .field("sessionId", "s1")
        .raw("\"details\":{\"endReason\":\"closed\"}")
        .to("user-activity");
    tick(T + 10 * MINUTE);
    final List<JsonNode> sessions = read("aggregated-sessions");
    assertEquals(1, sessions.size());
    assertEquals(
        json(
            "{'sessionId':'s1','installId':'i1','userId':'anna','startedAt':'2026-11-28T12:00:00.000Z',"
                + "'endedAt':'2026-11-28T12:01:30.500Z','duration':90.5,'started':true,'closedBy':'SessionEnd',"
                + "'endReason':'closed','events':4,'activities':{'Click':1,'SessionEnd':1,'SessionStart':1},'changes':1}"),
        sessions.get(0));
  }

  @Test
  void aSessionWithoutEndIsClosedByTime() {
    click(T).field("sessionId", "s1").to("user-activity");
    tick(T + 30 * MINUTE);
    assertTrue(read("aggregated-sessions").isEmpty());
    tick(T + 35 * MINUTE);
    final JsonNode session = read("aggregated-sessions").get(0);
    assertEquals("time", session.path("closedBy").asText());
    assertEquals(1, session.path("events").asInt());
  }

  // --- what is no event, and what is another one

  @Test
  void recordsThatAreNoEventsStopNothingAndAreSaid() {
    pipe("user-activity", "anna", "{\"eventId\":\"secret", T);
    pipe("db-changes", "anna", null, T);
    pipe("user-activity", null, "[]", T);
    activity("PageView", "anna", T);
    tick(T + HOUR);
    assertEquals(1, read("aggregated-activity").size());
    final List<TestRecord<String, byte[]>> letters = records("aggregation-dead-letter");
    assertEquals(2, letters.size());
    assertNull(letters.get(0).key());
    final JsonNode letter = json(letters.get(0).value());
    assertEquals("user-activity", letter.path("topic").asText());
    assertEquals(0, letter.path("offset").asInt());
    assertEquals(18, letter.path("bytes").asInt());
    assertTrue(!letter.toString().contains("secret"), "what a record holds is not copied");
    assertEquals(1, counters.tombstones.sum());
  }

  @Test
  void aResultThatItsTopicDoesNotTakeIsLeftOutAndCountedAndTheOthersCome() throws Exception {
    driver.close();
    recordSize = 512 + 200;
    start(new Properties());
    activity("PageView", "anna", T);
    activity("PageView", "ben with a name that is so long that no record has room for it" + "g".repeat(100), T);
    tick(T + HOUR);
    assertEquals(1, read("aggregated-activity").size());
    assertEquals(1, counters.tooLarge.sum());
  }

  @Test
  void eventsOfTheNextSchemaCountBesideTodays() {
    click(T).to("user-activity");
    click(T).raw("\"schemaVersion\":2,\"pressure\":{\"kPa\":3},\"browserType\":\"Chrome\"").to("user-activity");
    tick(T + HOUR);
    assertEquals(2, read("aggregated-clicks").get(0).path("count").asInt());
  }

  @Test
  void eventsOfATypeOfOnesOwnAreReadAndCountedNowhere() {
    new Sent("Inventory", T).field("activityType", "Click").to("user-activity");
    tick(T + HOUR);
    assertTrue(read("aggregated-activity").isEmpty());
    assertTrue(read("aggregated-clicks").isEmpty());
    assertTrue(read("aggregation-dead-letter").isEmpty());
  }

  @Test
  void afterAResetWhatHappenedBeforeItsTimeIsLate() throws Exception {
    driver.close();
    final Properties from = new Properties();
    from.setProperty("penstock.not.before", "2026-11-28T12:00:00Z");
    start(from);
    activity("PageView", "anna", T - 1);
    activity("PageView", "anna", T);
    tick(T + HOUR);
    assertEquals(List.of(count("anna", "PageView", "2026-11-28T12:00:00Z", 1)), read("aggregated-activity"));
    assertEquals(1, records("late-events").size());
  }

  @Test
  void theTopicsOfAPrefixAreItsOwn() throws Exception {
    driver.close();
    final Properties prefix = new Properties();
    prefix.setProperty("penstock.topic.prefix", "staging.");
    start(prefix);
    new Sent("UserActivity", T).field("activityType", "PageView").to("staging.user-activity");
    pipe("staging.aggregation-ticks", null, "{}", T + HOUR);
    assertEquals(1, records("staging.aggregated-activity").size());
  }
}
