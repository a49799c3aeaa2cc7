package penstock.streams.operator;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * Runs one operator in Kafka Streams' own test driver: what is piped in reaches the operator as it
 * is, and what comes out is in {@link #out}.
 */
public final class Bench<I, KO, O> implements AutoCloseable {
  public final List<KeyValue<KO, O>> out = new ArrayList<>();

  private final List<KeyValue<Object, I>> in = new ArrayList<>();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> topic;

  public <K> Bench(ProcessorSupplier<K, I, KO, O> operator) {
    final StreamsBuilder builder = new StreamsBuilder();
    final KStream<K, I> values =
        builder.stream("in", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())).map((key, index) -> taken(index));
    values.process(operator).foreach((key, value) -> out.add(KeyValue.pair(key, value)));
    driver = new TopologyTestDriver(builder.build(), new Properties(), Instant.ofEpochMilli(0));
    topic = driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer());
  }

  @SuppressWarnings("unchecked")
  private <K> KeyValue<K, I> taken(byte[] index) {
    final KeyValue<Object, I> entry = in.get(ByteBuffer.wrap(index).getInt());
    return KeyValue.pair((K) entry.key, entry.value);
  }

  /** {@code recordTime}: of the Kafka record, in milliseconds since 1970. */
  public void pipe(Object key, I value, long recordTime) {
    in.add(KeyValue.pair(key, value));
    topic.pipeInput(new byte[] {1}, ByteBuffer.allocate(4).putInt(in.size() - 1).array(), recordTime);
  }

  public List<O> values() {
    return out.stream().map(entry -> entry.value).toList();
  }

  @Override
  public void close() {
    driver.close();
  }
}
