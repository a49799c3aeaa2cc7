#include "privacy/rule_set.hpp"

#include <algorithm>
#include <bit>

#include "privacy/rules/field_name.hpp"

namespace penstock::privacy {
namespace {

// The fields that never leave unless they are allowed by name. Normalised: lower case, no
// separators.
//
// Left out on purpose: `name`, `title`, `address`, `code`, `key` and `user`, which name other
// things more often than persons; whoever needs them adds them by remove_fields. Fields of the
// protocol (userId, sessionId, …) are never among them.
// One text, since a table of names needs three times as much in a library.
constexpr std::string_view kBuiltIn =
    // What opens a door.
    "password "
    "passwd "
    "pwd "
    "passphrase "
    "passcode "
    "userpassword "
    "newpassword "
    "oldpassword "
    "currentpassword "
    "confirmpassword "
    "passwordconfirmation "
    "passwordhash "
    "secret "
    "clientsecret "
    "secretkey "
    "apisecret "
    "appsecret "
    "sharedsecret "
    "token "
    "accesstoken "
    "refreshtoken "
    "idtoken "
    "authtoken "
    "bearertoken "
    "sessiontoken "
    "csrftoken "
    "xsrftoken "
    "apitoken "
    "devicetoken "
    "pushtoken "
    "jwt "
    "otp "
    "totp "
    "mfacode "
    "onetimepassword "
    "apikey "
    "xapikey "
    "accesskey "
    "secretaccesskey "
    "privatekey "
    "sshkey "
    "encryptionkey "
    "signingkey "
    "authorization "
    "proxyauthorization "
    "auth "
    "credential "
    "credentials "
    "connectionstring "
    "cookie "
    "cookies "
    "setcookie "
    "sessioncookie "
    "jsessionid "
    "phpsessid "
    "aspnetsessionid "
    "connectsid "
    // What pays.
    "cardnumber "
    "creditcard "
    "creditcardnumber "
    "debitcard "
    "cardholder "
    "cardholdername "
    "pan "
    "cvv "
    "cvv2 "
    "cvc "
    "cvc2 "
    "securitycode "
    "pin "
    "pincode "
    "iban "
    "bic "
    "accountnumber "
    "bankaccount "
    "routingnumber "
    // What the state knows a person by.
    "ssn "
    "socialsecurity "
    "socialsecuritynumber "
    "nationalid "
    "nationalidnumber "
    "cin "
    "cnie "
    "idcard "
    "idcardnumber "
    "passport "
    "passportnumber "
    "driverlicense "
    "driverslicense "
    "driverlicensenumber "
    "taxid "
    "taxnumber "
    "vatnumber "
    "nino "
    "nationalinsurancenumber "
    "steuerid "
    "dni "
    "nie "
    "codicefiscale "
    "bsn "
    "pesel "
    "cpf "
    "aadhaar "
    "aadhaarnumber "
    "cartenationale "
    "passportno "
    "passportnum "
    // What a person drives.
    "licenseplate "
    "licenceplate "
    "numberplate "
    "platenumber "
    "plateno "
    "vehicleplate "
    "vehicleregistration "
    "vehicleregistrationnumber "
    "vehicleidentificationnumber "
    "vehiclenumber "
    "vin "
    "immatriculation "
    "kennzeichen "
    "matricula "
    "dateofbirth "
    "birthdate "
    "birthday "
    "dob "
    // How a person is called and reached.
    "email "
    "emailaddress "
    "mail "
    "useremail "
    "contactemail "
    "phone "
    "phonenumber "
    "mobile "
    "mobilenumber "
    "mobilephone "
    "telephone "
    "telephonenumber "
    "fax "
    "faxnumber "
    "homephone "
    "workphone "
    "firstname "
    "lastname "
    "middlename "
    "fullname "
    "givenname "
    "familyname "
    "surname "
    "maidenname "
    "streetaddress "
    "homeaddress "
    "postaladdress "
    "mailingaddress "
    "billingaddress "
    "shippingaddress";

// Some may be there twice.
std::vector<std::string> names_to_remove(const RuleSetOptions& options) {
  std::vector<std::string> names;
  for (std::string_view rest = kBuiltIn; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto& name : options.remove_fields) names.push_back(normalise(name));
  for (const auto& name : options.allow_fields) std::erase(names, normalise(name));
  std::erase(names, "");
  return names;
}

}  // namespace

RuleSet::RuleSet(const RuleSetOptions& options) : detected_(options.detect), paths_(options.paths) {
  auto keys = std::make_shared<Keys>(Keys{options.salt, options.pseudonym_keys, {}});
  for (const auto& [id, key] : keys->named) keys->keys.push_back({id, key});
  keys_ = std::move(keys);
  auto names = names_to_remove(options);
  slots_.resize(
      std::bit_ceil(names.size() * 2 + 1));  // at least half of it stays empty, so that probes end
  for (auto& name : names) {
    const std::size_t bit = name_bit(ends_of(name));
    name_bits_[bit / 32] |= 1U << bit % 32;
    longest_ = std::max(longest_, name.size());
    std::size_t slot = hash_of(name, name.size()).value & (slots_.size() - 1);
    while (!slots_[slot].empty() && slots_[slot] != name) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = std::move(name);
  }
  for (const auto& name : options.allow_fields) allowed_.push_back(normalise(name));
}

bool RuleSet::allows(std::string_view field_name) const noexcept {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [=](const std::string& name) { return equals_normalised(field_name, name); });
}

bool RuleSet::finds(std::string_view field_name) const noexcept {
  const NameHash hash = hash_of(field_name, longest_);
  if (hash.length > longest_) return false;
  for (std::size_t slot = hash.value & (slots_.size() - 1); !slots_[slot].empty();
       slot = (slot + 1) & (slots_.size() - 1)) {
    if (equals_normalised(field_name, slots_[slot])) return true;
  }
  return false;
}

}  // namespace penstock::privacy
