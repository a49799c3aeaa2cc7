package penstock.streams.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** Several texts as one, for the group of an aggregate; null stays null, and nothing is mixed up. */
public final class Group {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Group() {}

  public static String of(String... texts) {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException error) {
      throw new UncheckedIOException(error);
    }
  }

  public static List<String> texts(String group) {
    try {
      return Arrays.asList(JSON.readValue(group, String[].class));
    } catch (JsonProcessingException error) {
      throw new UncheckedIOException(error);
    }
  }
}
