package penstock.streams;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows as aligned columns of text, for a terminal. */
final class Table<R> {
  private static final int WIDTH_MAX = 48;  // of a column

  private record Column<R>(String name, Function<R, String> text) {}

  private final String title;
  private final List<Column<R>> columns = new ArrayList<>();

  Table(String title) {
    this.title = title;
  }

  Table<R> column(String name, Function<R, String> text) {
    columns.add(new Column<>(name, text));
    return this;
  }

  void print(List<R> rows, PrintStream out) {
    out.println();
    out.println(title);
    if (rows.isEmpty()) {
      out.println("  nothing yet");
      return;
    }
    final List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::name).toList());
    rows.forEach(row -> lines.add(columns.stream().map(column -> cell(column.text.apply(row))).toList()));
    for (final List<String> line : lines) out.println("  " + aligned(line, lines).stripTrailing());
  }

  private static String aligned(List<String> line, List<List<String>> lines) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.size(); ++i) {
      final int column = i;
      final int width = lines.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
      text.append(line.get(i)).append(" ".repeat(width - line.get(i).length() + 2));
    }
    return text.toString();
  }

  // Control characters of a record never reach the terminal.
  private static String cell(String text) {
    final String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= WIDTH_MAX ? plain : plain.substring(0, WIDTH_MAX - 1) + "…";
  }
}
