package penstock.streams.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * JSON for what lies in stores and in the topics between tasks. A field that an older or newer
 * version of this program does not know is passed over, so that instances of both can run beside
 * each other during an update.
 */
public final class JsonSerde {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .setSerializationInclusion(JsonInclude.Include.NON_NULL)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private JsonSerde() {}

  public static <T> Serde<T> of(TypeReference<T> type) {
    return of(MAPPER.constructType(type));
  }

  private static <T> Serde<T> of(JavaType type) {
    final ObjectReader reader = MAPPER.readerFor(type);
    final ObjectWriter writer = MAPPER.writerFor(type);
    return Serdes.serdeFrom(
        (topic, value) -> value == null ? null : write(writer, value),
        (topic, bytes) -> bytes == null ? null : read(reader, bytes, topic));
  }

  private static byte[] write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsBytes(value);
    } catch (JsonProcessingException error) {
      throw new SerializationException("a value of this program cannot be written as JSON", error);
    }
  }

  private static <T> T read(ObjectReader reader, byte[] bytes, String topic) {
    try {
      return reader.readValue(bytes);
    } catch (IOException error) {
      throw new SerializationException(
          "a record in " + topic + ", which only this program writes, is not its JSON", error);
    }
  }
}
