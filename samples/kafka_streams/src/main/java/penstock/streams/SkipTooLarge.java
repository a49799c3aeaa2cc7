package penstock.streams;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One record that is larger than its output topic takes does not stop the others: it is left out,
 * counted and said. A state's topic is another matter: without its record the state would be wrong.
 */
public final class SkipTooLarge extends DefaultProductionExceptionHandler {
  static final String COUNTERS = "penstock.counters";
  static final String OUTPUTS = "penstock.outputs";

  private static final Logger LOG = LoggerFactory.getLogger(SkipTooLarge.class);

  private Counters counters;
  private Set<?> outputs;

  public SkipTooLarge() {}

  @Override
  public void configure(Map<String, ?> configs) {
    super.configure(configs);
    counters = (Counters) configs.get(COUNTERS);
    outputs = (Set<?>) configs.get(OUTPUTS);
  }

  @Override
  public ProductionExceptionHandlerResponse handle(
      ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception error) {
    if (!(error instanceof RecordTooLargeException) || !outputs.contains(record.topic())) {
      return super.handle(context, record, error);
    }
    counters.tooLarge.increment();
    LOG.error(
        "a record of {} bytes for {} was left out, because the topic takes only smaller ones; raise"
            + " max.message.bytes of the topic",
        record.value() == null ? 0 : record.value().length,
        record.topic());
    return ProductionExceptionHandlerResponse.CONTINUE;
  }
}
