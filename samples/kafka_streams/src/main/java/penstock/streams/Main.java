package penstock.streams;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The command line. */
public final class Main {
  // What is right in streams.properties stays silent; what Kafka Streams warns of is said.
  static {
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSS");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger.log.penstock", "info");
  }

  private static final String USAGE =
      """
      usage: penstock-streams run   SETTINGS   counts, joins and closes sessions until SIGTERM
             penstock-streams show  SETTINGS   prints the aggregates that are there, as tables
             penstock-streams reset SETTINGS --from 2026-11-28T12:00:00Z
                                               forgets its state, and goes on from that time: events before
                                               it are late, all windows from it on are written again
      SETTINGS is a file like streams.example.properties. Ends with 0, 1 when it could not go on, 2 for what is
      wrong in the settings or the topics, and says what and what to do.
      """;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      return run(arguments, out);
    } catch (Settings.Wrong | Refused error) {
      err.println("penstock-streams: " + error.getMessage());
      return 2;
    } catch (Usage error) {
      err.print(USAGE);
      return 2;
    } catch (RuntimeException error) {
      err.println("penstock-streams: " + Words.of(error));
      return 1;
    }
  }

  private static final class Usage extends Exception {
    private static final long serialVersionUID = 1;
  }

  private static int run(List<String> arguments, PrintStream out)
      throws Settings.Wrong, Refused, Usage {
    if (arguments.equals(List.of("--help"))) {
      out.print(USAGE);
      return 0;
    }
    if (arguments.size() < 2) throw new Usage();
    final Settings settings = Settings.load(Path.of(arguments.get(1)));
    final List<String> rest = arguments.subList(2, arguments.size());
    if (arguments.get(0).equals("run") && rest.isEmpty()) return new Application(settings).run();
    if (arguments.get(0).equals("show") && rest.isEmpty()) return new Show(settings, out).run();
    if (arguments.get(0).equals("reset") && rest.size() == 2 && rest.get(0).equals("--from")) {
      return new Reset(settings, out).run(rest.get(1));
    }
    throw new Usage();
  }
}
