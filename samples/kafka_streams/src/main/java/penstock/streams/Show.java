package penstock.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints what lies in the output topics, as tables: the newest rows of each. */
final class Show {
  private static final int ROWS_MAX = 40;  // of a table
  private static final int KEPT_MAX = 10_000;  // rows of a topic in memory
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Settings settings;
  private final PrintStream out;
  private final Topics topics;

  Show(Settings settings, PrintStream out) {
    this.settings = settings;
    this.out = out;
    this.topics = settings.topics();
  }

  int run() throws Refused {
    final Map<String, Rows> read = read();
    print(read.get(topics.activity()), activityTable(), "/windowStart", "/userId", "/activityType");
    print(read.get(topics.clicks()), clicksTable(), "/windowStart", "/pageId", "/element");
    print(read.get(topics.events()), changesTable(), "/change/time");
    print(read.get(topics.sessions()), sessionsTable(), "/startedAt", "/sessionId");
    out.println();
    out.println(
        "Late: " + read.get(topics.late()).count + " (" + topics.late() + "). Not readable: "
            + read.get(topics.unreadable()).count + " (" + topics.unreadable() + ").");
    return 0;
  }

  private Table<JsonNode> activityTable() {
    return new Table<JsonNode>("What each user did (" + topics.activity() + ")")
        .column("window", Show::window)
        .column("user", row -> row.path("userId").asText(row.path("installId").asText()))
        .column("activity", row -> row.path("activityType").asText())
        .column("count", row -> row.path("count").asText());
  }

  private Table<JsonNode> clicksTable() {
    return new Table<JsonNode>("What was clicked (" + topics.clicks() + ")")
        .column("window", Show::window)
        .column("page", row -> row.path("pageId").asText("-"))
        .column("element", row -> row.path("element").asText("-"))
        .column("clicks", row -> row.path("count").asText());
  }

  private Table<JsonNode> changesTable() {
    return new Table<JsonNode>(
            "What became of records, and what the user did around it (" + topics.events() + ")")
        .column("time", row -> clock(row.at("/change/time")))
        .column("user", row -> row.path("userId").asText())
        .column("change", row -> row.at("/change/action").asText() + " " + row.at("/change/recordId").asText())
        .column("found by", row -> row.path("matchedBy").asText())
        .column("activities", Show::activities);
  }

  private Table<JsonNode> sessionsTable() {
    return new Table<JsonNode>("Sessions (" + topics.sessions() + ")")
        .column("session", row -> row.path("sessionId").asText())
        .column("user", row -> row.path("userId").asText("-"))
        .column("from", row -> clock(row.path("startedAt")))
        .column("seconds", row -> row.path("duration").asText())
        .column("events", row -> row.path("events").asText())
        .column("closed by", row -> row.path("closedBy").asText())
        .column("reason", row -> row.path("endReason").asText("-"));
  }

  private void print(Rows rows, Table<JsonNode> table, String... order) {
    Comparator<JsonNode> comparator = Comparator.comparing(row -> row.at(order[0]).asText());
    for (int i = 1; i < order.length; ++i) {
      final String pointer = order[i];
      comparator = comparator.thenComparing(row -> row.at(pointer).asText());
    }
    final List<JsonNode> sorted = rows.kept.stream().sorted(comparator).toList();
    final int left = Math.max(0, sorted.size() - ROWS_MAX);
    table.print(sorted.subList(left, sorted.size()), out);
    final long more = rows.count - (sorted.size() - left);
    if (more > 0) out.println("  (" + more + " older ones are not shown)");
  }

  private static String window(JsonNode row) {
    return clock(row.path("windowStart")) + " - " + clock(row.path("windowEnd"));
  }

  // "2026-11-28T12:00:05.000Z" as 12:00:05
  private static String clock(JsonNode time) {
    final String text = time.asText();
    return text.length() >= 19 ? text.substring(11, 19) : text;
  }

  private static String activities(JsonNode row) {
    return StreamSupport.stream(row.path("activities").spliterator(), false)
        .collect(
            Collectors.groupingBy(
                event -> event.path("activityType").asText(), LinkedHashMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(entry -> entry.getValue() == 1 ? entry.getKey() : entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }

  // --- reading

  /** How many records a topic has, and the newest that are JSON. */
  private static final class Rows {
    private final ArrayDeque<JsonNode> kept = new ArrayDeque<>();
    private final boolean shown;
    private long count;

    Rows(boolean shown) {
      this.shown = shown;
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
      if (record.value() == null) return;
      ++count;
      if (!shown) return;
      try {
        kept.add(JSON.readTree(record.value()));
      } catch (IOException notOurs) {
        return;  // somebody else has written into the topic
      }
      if (kept.size() > KEPT_MAX) kept.remove();
    }
  }

  private Map<String, Rows> read() throws Refused {
    final Map<String, Rows> read = new LinkedHashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      for (final String topic :
          List.of(
              topics.activity(), topics.clicks(), topics.events(), topics.sessions(), topics.late(), topics.unreadable())) {
        final boolean shown = !topic.equals(topics.late()) && !topic.equals(topics.unreadable());
        read.put(topic, read(consumer, topic, new Rows(shown)));
      }
    }
    return read;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    final Properties properties = settings.clientProperties("consumer.", ConsumerConfig.configNames());
    properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);  // it joins no group
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static Rows read(KafkaConsumer<byte[], byte[]> consumer, String topic, Rows rows)
      throws Refused {
    final var infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) {
      throw new Refused("the topic " + topic + " is not there; penstock-streams run creates it");
    }
    final List<TopicPartition> partitions = new ArrayList<>();
    infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    final Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer.poll(Duration.ofSeconds(1)).forEach(rows::add);
    }
    return rows;
  }
}
