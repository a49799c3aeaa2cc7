#include <array>

#include "privacy/values.hpp"

namespace penstock::corpus {
namespace {

constexpr std::array<const char*, 16> kFirst = {
    "anna", "ben", "carla",     "david", "elena", "farid", "giulia", "hugo",
    "ines", "jan", "katarzyna", "luis",  "maria", "noor",  "olaf",   "youssef"};
constexpr std::array<const char*, 16> kLast = {
    "smith",  "mueller", "garcia", "rossi",   "dubois", "jansen",  "kowalski", "silva",
    "sharma", "alaoui",  "brown",  "schmidt", "lopez",  "bianchi", "moreau",   "devries"};

// Letters as international numbers are grouped: | is where a separator stands.
constexpr std::array<const char*, 14> kInternational = {
    "+1|2##|5##|####",  "+44|20|####|####",  "+44|7###|######",   "+49|30|#######",
    "+49|151|########", "+33|6|##|##|##|##", "+34|6##|###|###",   "+39|3##|#######",
    "+31|6|########",   "+48|6##|###|###",   "+55|11|9####|####", "+91|9####|#####",
    "+212|6##|######",  "+32|4##|##|##|##"};
constexpr std::array<const char*, 12> kNational = {
    "(2##) 2##-####", "3##-4##-####", "06 ## ## ## ##", "07.##.##.##.##",
    "01 ## ## ## ##", "030 #######",  "0171/#######",   "020 #### ####",
    "07### ######",   "06##-######",  "06-########",    "(11) 9####-####"};

}  // namespace

Value email(Random& random) {
  const std::string first = random.one_of(kFirst), last = random.one_of(kLast);
  const std::array<std::string, 8> locals = {first + "." + last,
                                             first + "_" + last,
                                             first.substr(0, 1) + last,
                                             first + random.digits(2),
                                             first + "." + last + "+" + random.pattern("aaa"),
                                             last + "-" + first,
                                             first + "." + last + random.digits(4),
                                             random.pattern("aa#aa##")};
  const std::array<std::string, 8> domains = {"example.com",
                                              "example.org",
                                              "mail.example.net",
                                              random.pattern("aaaaaa") + ".de",
                                              random.pattern("aaaaa-aaa") + ".co.uk",
                                              random.pattern("aaaa") + ".fr",
                                              "dept." + random.pattern("aaaaaa") + ".edu",
                                              random.pattern("aaaaaaa") + ".io"};
  return std::string(random.one_of(locals)) + "@" + random.one_of(domains);
}

Value phone_international(Random& random) {
  const std::string number = random.pattern(random.one_of(kInternational));
  const std::string separator = random.one_of(std::array<const char*, 5>{" ", " ", "-", ".", ""});
  std::string text;
  for (const char c : number) {
    if (c == '|')
      text += separator;
    else
      text += c;
  }
  return text;
}

Value phone_national(Random& random) { return random.pattern(random.one_of(kNational)); }

Value coordinates(Random& random) {
  const std::size_t places = random.between(4, 7);
  const auto degrees = [&](std::size_t below) {
    return (random.chance(3) ? "-" : "") + std::to_string(random.below(below)) + "." +
           random.digits(places);
  };
  const std::string latitude = degrees(90), longitude = degrees(180);
  return random.chance(2) ? latitude + ", " + longitude : latitude + "," + longitude;
}

Value home_path(Random& random) {
  const std::string user = std::string(random.one_of(kFirst)) + "." + random.one_of(kLast);
  const std::array<std::string, 6> paths = {
      "/home/" + user + "/projects/report.txt",
      "/Users/" + user + "/Library/Logs/app.log",
      "C:\\Users\\" + user + "\\AppData\\Local\\app\\error.log",
      "/home/" + user,
      "file:///home/" + user + "/notes.md",
      "C:/Users/" + user + "/Documents"};
  return {std::string(random.one_of(paths)), user};
}

}  // namespace penstock::corpus
