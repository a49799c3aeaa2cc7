package penstock.streams;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.KafkaStreams;

/** /readyz and /metrics (Prometheus) on a port of the loopback address. */
final class StatusServer implements AutoCloseable {
  private final HttpServer server;
  private final KafkaStreams streams;
  private final Counters counters;

  StatusServer(int port, KafkaStreams streams, Counters counters) throws Settings.Wrong {
    this.streams = streams;
    this.counters = counters;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException error) {
      throw new Settings.Wrong("penstock.status.port " + port + ": " + error.getMessage());
    }
    server.createContext("/readyz", this::ready);
    server.createContext("/metrics", this::metrics);
    server.start();
  }

  private void ready(HttpExchange exchange) throws IOException {
    answer(exchange, isReady() ? 200 : 503, streams.state().name() + "\n");
  }

  private void metrics(HttpExchange exchange) throws IOException {
    final StringBuilder text = new StringBuilder();
    counters.all().forEach((name, value) -> line(text, name, "counter", value));
    line(text, "penstock_streams_ready", "gauge", isReady() ? 1 : 0);
    answer(exchange, 200, text.toString());
  }

  private boolean isReady() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  private static void line(StringBuilder text, String name, String type, long value) {
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    text.append(name).append(' ').append(value).append('\n');
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
