package penstock.streams;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The settings, read from a Java properties file: names that begin with {@code penstock.} are
 * this program's, all others go to Kafka Streams. streams.example.properties has each with its
 * reason.
 *
 * @param notBefore in milliseconds since 1970; 0: from the beginning
 * @param skewMax in milliseconds
 * @param statusPort of 127.0.0.1; 0: none
 * @param kafka what goes to Kafka Streams
 */
record Settings(
    Topics topics,
    Duration activityWindow,
    Duration clicksWindow,
    Duration joinWindow,
    Duration sessionIdle,
    Duration lateGrace,
    Duration quietAfter,
    Duration dedupeRetention,
    long skewMax,
    Duration tickInterval,
    long notBefore,
    int statusPort,
    Properties kafka) {

  /** Wrong settings: what, and what there may be. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  private static final String OURS = "penstock.";
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("topic.prefix", ""),
          Map.entry("activity.window", "1m"),
          Map.entry("clicks.window", "5m"),
          Map.entry("join.window", "30s"),
          Map.entry("session.idle", "30m"),
          Map.entry("late.grace", "2m"),
          Map.entry("quiet.after", "1m"),
          Map.entry("dedupe.retention", "25h"),
          Map.entry("skew.max", "24h"),
          Map.entry("tick.interval", "1s"),
          Map.entry("not.before", ""),
          Map.entry("status.port", "0"));

  // What the results rest on.
  private static final Map<String, String> FIXED =
      Map.of(
          StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2,
          StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, "0");

  static Settings load(Path file) throws Wrong {
    final Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException error) {
      throw new Wrong(file + " cannot be read: " + error.getMessage());
    }
    return of(properties);
  }

  static Settings of(Properties properties) throws Wrong {
    final Map<String, String> ours = new HashMap<>(DEFAULTS);
    final Properties kafka = new Properties();
    for (final String name : properties.stringPropertyNames()) {
      final String value = properties.getProperty(name).trim();
      if (name.startsWith(OURS)) {
        take(ours, name, value);
      } else {
        kafka.setProperty(name, value);
      }
    }
    fix(kafka);
    return parse(ours, kafka);
  }

  private static void take(Map<String, String> ours, String name, String value) throws Wrong {
    final String rest = name.substring(OURS.length());
    if (!DEFAULTS.containsKey(rest)) {
      throw new Wrong("there is no setting " + name + "; there are " + names());
    }
    ours.put(rest, value);
  }

  private static String names() {
    return OURS + String.join(", " + OURS, new TreeMap<>(DEFAULTS).keySet());
  }

  private static void fix(Properties kafka) throws Wrong {
    for (final Map.Entry<String, String> fixed : FIXED.entrySet()) {
      final String set = kafka.getProperty(fixed.getKey());
      if (set != null && !set.equals(fixed.getValue())) {
        throw new Wrong(
            fixed.getKey() + " is always " + fixed.getValue() + ": the counts rest on it; remove it");
      }
      kafka.setProperty(fixed.getKey(), fixed.getValue());
    }
    if (kafka.getProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "").isEmpty()) {
      throw new Wrong("bootstrap.servers is missing: the brokers, for example kafka-1.example.com:9092");
    }
    kafka.putIfAbsent(StreamsConfig.APPLICATION_ID_CONFIG, "penstock-streams");
    try {
      new StreamsConfig(kafka);
    } catch (ConfigException error) {
      throw new Wrong(error.getMessage());
    }
    // A tenth of the transactions of Kafka Streams' 100 ms; who waits for a window does not see the second.
    kafka.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "1000");
    // Stores hold JSON, whose changelogs are a third of their size with it.
    kafka.putIfAbsent(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
  }

  private static Settings parse(Map<String, String> ours, Properties kafka) throws Wrong {
    final Settings settings =
        new Settings(
            new Topics(ours.get("topic.prefix")),
            duration(ours, "activity.window", 1),
            duration(ours, "clicks.window", 1),
            duration(ours, "join.window", 1),
            duration(ours, "session.idle", 1),
            duration(ours, "late.grace", 0),
            duration(ours, "quiet.after", 0),
            duration(ours, "dedupe.retention", 120_000),
            duration(ours, "skew.max", 0).toMillis(),
            duration(ours, "tick.interval", 10),
            instant(ours, "not.before"),
            port(ours, "status.port"),
            kafka);
    settings.checkRetention();
    return settings;
  }

  private void checkRetention() throws Wrong {
    final Duration longest =
        Collections.max(List.of(activityWindow, clicksWindow, joinWindow.multipliedBy(2)));
    final Duration open = longest.plus(lateGrace).plus(quietAfter);
    if (dedupeRetention.compareTo(open) < 0) {
      throw new Wrong(
          "penstock.dedupe.retention is shorter than a window is open, "
              + open.toSeconds()
              + "s (the longest window, penstock.late.grace and penstock.quiet.after): an event that is sent"
              + " again meanwhile would count twice");
    }
  }

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private static Duration duration(Map<String, String> ours, String name, long least) throws Wrong {
    final Matcher match = DURATION.matcher(ours.get(name));
    if (!match.matches()) {
      throw new Wrong(
          OURS + name + " is \"" + ours.get(name) + "\"; a time is a number with ms, s, m, h or d, for example 90s");
    }
    final long number = Long.parseLong(match.group(1));
    final Duration duration =
        switch (match.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    if (duration.toMillis() < least) {
      throw new Wrong(OURS + name + " is " + ours.get(name) + "; the least is " + least + "ms");
    }
    return duration;
  }

  private static long instant(Map<String, String> ours, String name) throws Wrong {
    final String text = ours.get(name);
    if (text.isEmpty()) return 0;
    try {
      return Instant.parse(text).toEpochMilli();
    } catch (DateTimeException error) {
      throw new Wrong(OURS + name + " is \"" + text + "\"; a time is as 2026-11-28T12:00:00Z");
    }
  }

  private static int port(Map<String, String> ours, String name) throws Wrong {
    try {
      final int port = Integer.parseInt(ours.get(name));
      if (port >= 0 && port <= 65_535) return port;
    } catch (NumberFormatException notOne) {
      // said below
    }
    throw new Wrong(OURS + name + " is \"" + ours.get(name) + "\"; a port is 0 (none) to 65535");
  }

  String applicationId() {
    return kafka.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
  }

  /**
   * What a client of our own gets of {@code kafka}: the settings with these names, and before them
   * those with the {@code prefix} of its kind, such as {@code admin.}
   */
  Properties clientProperties(String prefix, Set<String> names) {
    final Properties known = new Properties();
    for (final String name : names) {
      final String value = kafka.getProperty(prefix + name, kafka.getProperty(name));
      if (value != null) known.setProperty(name, value);
    }
    return known;
  }
}
