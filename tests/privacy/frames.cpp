#include "privacy/texts.hpp"

namespace penstock::corpus {
namespace {

// {} is the value.
constexpr std::array kFrames = {
    // English
    "{}",
    "the user entered {} and pressed Save",
    "Could not process {}: timeout after 30 s",
    "Please contact {} about the request.",
    "invalid value \"{}\" in field notes",
    "value={}",
    "from {} to the archive",
    "({})",
    "see also: {}, as discussed",
    // German
    "Der Vorgang mit {} wurde abgelehnt.",
    "Ungültige Eingabe: {}",
    "Bitte prüfen Sie {} noch einmal!",
    "für {} gibt es keine Freigabe",
    // French
    "La valeur {} n'est pas acceptée.",
    "Échec de l'envoi à {} : délai dépassé",
    "l'utilisateur a saisi {}",
    "« {} » est déjà enregistré",
    // Spanish
    "El valor {} no es válido.",
    "¿Es correcto {}?",
    "No se pudo enviar a {}; inténtelo más tarde",
    "según {}, falta la firma",
    // Arabic
    "تم رفض الطلب {} اليوم",
    "القيمة {} غير صالحة",
    "يرجى مراجعة {}",
    // logs and code
    "2026-11-28 12:00:01,042 ERROR [worker-3] handler: {}",
    "level=warn msg=\"rejected\" input=\"{}\" attempt=3",
    "{\"input\":\"{}\",\"ok\":false}",
    "SELECT * FROM t WHERE c = '{}'",
    "Exception: bad input '{}' at Form.validate(Form.java:42)",
    "[{}]",
    "<td>{}</td>",
    "retry 2/5: {}\n",
    "note:\t{}",
};

}  // namespace

std::string framed(Random& random, std::string_view value) {
  const std::string_view frame = random.one_of(kFrames);
  const std::size_t at = frame.rfind("{}");
  return std::string(frame.substr(0, at)) + std::string(value) + std::string(frame.substr(at + 2));
}

}  // namespace penstock::corpus
