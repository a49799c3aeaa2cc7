package penstock.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static Properties properties(String... namesAndValues) {
    final Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", "127.0.0.1:9092");
    for (int i = 0; i < namesAndValues.length; i += 2) properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
    return properties;
  }

  private static String wrong(String... namesAndValues) {
    return assertThrows(Settings.Wrong.class, () -> Settings.of(properties(namesAndValues))).getMessage();
  }

  @Test
  void theExampleHasTheDefaults() throws Exception {
    final Settings example = Settings.load(Path.of("streams.example.properties"));
    final Settings defaults = Settings.of(properties());
    assertEquals(defaults.activityWindow(), example.activityWindow());
    assertEquals(defaults.clicksWindow(), example.clicksWindow());
    assertEquals(defaults.joinWindow(), example.joinWindow());
    assertEquals(defaults.sessionIdle(), example.sessionIdle());
    assertEquals(defaults.lateGrace(), example.lateGrace());
    assertEquals(defaults.quietAfter(), example.quietAfter());
    assertEquals(defaults.dedupeRetention(), example.dedupeRetention());
    assertEquals(defaults.skewMax(), example.skewMax());
    assertEquals(defaults.tickInterval(), example.tickInterval());
    assertEquals(defaults.topics(), example.topics());
    assertEquals(defaults.statusPort(), example.statusPort());
  }

  @Test
  void timesHaveUnits() throws Exception {
    assertEquals(Duration.ofSeconds(90), Settings.of(properties("penstock.late.grace", "90s")).lateGrace());
    assertTrue(wrong("penstock.late.grace", "90").contains("for example 90s"));
    assertTrue(wrong("penstock.activity.window", "0s").contains("the least is"));
  }

  @Test
  void aSettingThatIsNotThereIsSaidWithThoseThatAre() {
    assertTrue(wrong("penstock.late.graze", "90s").contains("penstock.late.grace"));
  }

  @Test
  void whatTheCountsRestOnCannotBeTurnedOff() {
    assertTrue(wrong("processing.guarantee", "at_least_once").contains("always exactly_once_v2"));
  }

  @Test
  void aDedupeThatForgetsBeforeAWindowClosesIsRefused() {
    assertTrue(wrong("penstock.dedupe.retention", "5m").contains("would count twice"));
    assertTrue(wrong("penstock.activity.window", "25h").contains("would count twice"));
  }

  @Test
  void whatKafkaStreamsDoesNotTakeIsAWrongSetting() {
    assertTrue(wrong("replication.factor", "three").contains("replication.factor"));
  }

  @Test
  void withoutBrokersItSaysWhatIsMissing() {
    final Properties none = new Properties();
    final String message = assertThrows(Settings.Wrong.class, () -> Settings.of(none)).getMessage();
    assertTrue(message.contains("bootstrap.servers is missing"));
  }

  @Test
  void wrongArgumentsAndFilesEndWithTwoAndWords() {
    for (final List<String> arguments :
        List.of(List.<String>of(), List.of("run"), List.of("run", "/no/such/file"), List.of("reset", "/no/such/file"))) {
      final ByteArrayOutputStream text = new ByteArrayOutputStream();
      final PrintStream stream = new PrintStream(text, true, StandardCharsets.UTF_8);
      assertEquals(2, Main.run(arguments, stream, stream));
      assertTrue(text.toString(StandardCharsets.UTF_8).contains(arguments.size() < 2 ? "usage:" : "/no/such/file"));
    }
  }
}
