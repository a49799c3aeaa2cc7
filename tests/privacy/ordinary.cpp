#include "privacy/texts.hpp"

namespace penstock::corpus {
namespace {

constexpr std::array kWords = {"approve", "button", "screen", "report",  "filter",   "Freigabe",
                               "Antrag",  "page",   "écran",  "valider", "pantalla", "guardar",
                               "orders",  "budget", "draft",  "export",  "request",  "طلب"};

std::string words(Random& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : " ") + std::string(random.one_of(kWords));
  return text;
}

std::string number(Random& random, std::size_t least, std::size_t most) {
  return random.pattern("@") + random.digits(random.between(least, most) - 1);
}

std::string label(Random& random) { return words(random, random.between(1, 5)); }

std::string log_line(Random& random) {
  return random.pattern("2026-1#-0@T1#:##:##.###Z INFO ") + random.one_of(kWords) + ": " +
         number(random, 1, 4) + " events in " + number(random, 2, 4) + " ms, queue " +
         number(random, 1, 5);
}

std::string uuid(Random& random) {
  const std::string id = random.pattern("xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx");
  return random.chance(2) ? id : "request " + id + " done";
}

std::string version(Random& random) {
  switch (random.below(5)) {
    case 0:
      return "v" + number(random, 1, 2) + "." + number(random, 1, 2) + "." + number(random, 1, 3);
    case 1:
      return "Chrome/1" + random.digits(2) + ".0." + random.pattern("@###") + "." +
             random.pattern("@#");
    case 2:
      return "version 1." + number(random, 1, 2) + ".0-rc." + number(random, 1, 1);
    case 3:
      return "build " + random.pattern("2026.@#.@##") + "+" + random.pattern("xxxxxxx");
    default:
      return "libfoo-" + number(random, 1, 1) + "." + number(random, 1, 2) + ".so." +
             number(random, 1, 1);
  }
}

std::string amount(Random& random) {
  switch (random.below(5)) {
    case 0:
      return "EUR 1." + random.digits(3) + "," + random.digits(2);
    case 1:
      return "$" + number(random, 1, 3) + "," + random.digits(3) + "." + random.digits(2);
    case 2:
      return number(random, 1, 6) + "." + random.digits(2) + " MAD";
    case 3:
      return "total: " + random.pattern("@# ### ###") + " Ft";
    default:
      return number(random, 1, 2) + "." + random.digits(1) + " %";
  }
}

std::string time_of_day(Random& random) {
  switch (random.below(5)) {
    case 0:
      return random.pattern("2026-0@-1#T0#:1#:2#Z");
    case 1:
      return random.pattern("1#.0@.2026 1#:##");
    case 2:
      return random.pattern("0@/1#/26 0#:1#:2# PM");
    case 3:
      return random.pattern("2026-0@-1# 1#:##:##.######");
    default:
      return random.pattern("Sat, 28 Nov 2026 1#:##:## +0100");
  }
}

std::string epoch(Random& random) {
  const std::string seconds = "17" + random.digits(8);
  return random.chance(2) ? seconds : seconds + random.digits(3);
}

std::string product(Random& random) {
  constexpr std::array kForms = {
      "SKU-#####",        "AB-####-##",     "P/N @###-##", "ISBN 978-3-@#-######-#",
      "EAN @###########", "Art. ##.###.##", "REQ-####",    "#A-###"};
  return random.pattern(random.one_of(kForms));
}

std::string order(Random& random) {
  constexpr std::array kForms = {"order @######",  "Auftrag @#######",   "#@####### shipped",
                                 "INV-2026-#####", "commande n° @#####", "ticket #@####",
                                 "@########",      "pedido @####-####"};
  return random.pattern(random.one_of(kForms));
}

std::string hex(Random& random) {
  constexpr std::array<std::size_t, 5> kLengths = {7, 16, 32, 40, 64};
  const std::string digest = random.of("0123456789abcdef", random.one_of(kLengths));
  return random.chance(3)   ? "0x" + digest.substr(0, 8)
         : random.chance(2) ? digest
                            : "commit " + digest;
}

std::string file_name(Random& random) {
  constexpr std::array kForms = {"/usr/lib/x86_64-linux-gnu/libaaaa.so.#",
                                 "report_2026-##-##.pdf",
                                 "C:\\Program Files\\App\\app.exe",
                                 "icon@2x.png",
                                 "/var/log/app/error.##.log",
                                 "src/main/java/App.java:###",
                                 "/opt/app-#.#/bin/aaaa",
                                 "~/.config/app.toml"};
  return random.pattern(random.one_of(kForms));
}

std::string code(Random& random) {
  constexpr std::array kForms = {
      "if (count > ###) return -@;", "for (i = 0; i < ##; ++i) sum += a[i];",
      "std::chrono::seconds(##)",    "x = [1, 2, 3, ##, ###]",
      "let total = @##.## * 1.2;",   "@Override public void run() {}",
      "#include <vector>",           "SELECT count(*) FROM t##"};
  std::string text = random.one_of(kForms);
  for (char& c : text) {
    if (c == '#' && text[0] != '#') c = static_cast<char>('0' + random.below(10));
  }
  return text;
}

std::string url(Random& random) {
  constexpr std::array kForms = {"https://www.example.com/orders/####?page=#&sort=date",
                                 "http://localhost:8080/healthz",
                                 "https://example.org/a/aaaa/aaaaa.html#part-#",
                                 "GET /v1/items/@##?limit=##&offset=### HTTP/1.1",
                                 "wss://example.net/live?room=##",
                                 "https://cdn.example.com/js/app.xxxxxxxx.js"};
  std::string text = random.one_of(kForms);
  for (char& c : text) {
    if (c == '#') c = static_cast<char>('0' + random.below(10));
  }
  return text;
}

std::string stack_trace(Random& random) {
  return "at com.example.forms.Form.validate(Form.java:" + number(random, 2, 3) +
         ")\n\tat com.example.Main.main(Main.java:" + number(random, 1, 2) + ")\n0x" +
         random.pattern("00007fxxxxxxxxxx") + " in handler+0x" + random.pattern("xx");
}

std::string measure(Random& random) {
  constexpr std::array kForms = {"@##x### px",  "@.# GB of ## GB",
                                 "## ms p99",   "@### events/s",
                                 "-@#.# °C",    "ratio 0.####",
                                 "@#:#@:## h",  "row ### of @###",
                                 "@#,### rows", "cpu 0.##, mem 0.##, disk 0.##"};
  return random.pattern(random.one_of(kForms));
}

}  // namespace

const std::vector<OrdinaryKind>& kinds_of_ordinary() {
  static const std::vector<OrdinaryKind> kinds = {
      {"label", label},     {"log line", log_line},       {"UUID", uuid},
      {"version", version}, {"amount", amount},           {"time", time_of_day},
      {"epoch", epoch},     {"product", product},         {"order", order},
      {"hex", hex},         {"file", file_name},          {"code", code},
      {"URL", url},         {"stack trace", stack_trace}, {"measure", measure},
  };
  return kinds;
}

}  // namespace penstock::corpus
