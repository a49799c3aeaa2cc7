#include "gateway.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <thread>

#include "admin/admin_server.hpp"
#include "admit/admission.hpp"
#include "auth/authenticator.hpp"
#include "config/config_changes.hpp"
#include "config/config_check.hpp"
#include "config/key_privacy.hpp"
#include "config/memory_plan.hpp"
#include "config/privacy_rules.hpp"
#include "decode/batch_decoder.hpp"
#include "erase/erasure_reader.hpp"
#include "http/listener.hpp"
#include "observe/logger.hpp"
#include "observe/metrics.hpp"
#include "observe/steady_readiness.hpp"
#include "pipeline.hpp"
#include "route/router.hpp"
#include "scrub/scrubber.hpp"
#include "sink/kafka_sink.hpp"
#include "stage_settings.hpp"
#include "stamp/stamper.hpp"
#include "system/file_limit.hpp"
#include "validate/schema_registry.hpp"
#include "validate/validator.hpp"

namespace penstock::gateway {
namespace {

using Clock = std::chrono::steady_clock;

bool uses_tls(const Config& config) { return !config.listen.tls.certificate_file.empty(); }

// For what happens often and is said now and then. Any thread.
class OnceAMinute {
 public:
  bool is_due() {
    const auto now = Clock::now();
    auto next = next_.load();
    return now >= next && next_.compare_exchange_strong(next, now + std::chrono::minutes(1));
  }

 private:
  std::atomic<Clock::time_point> next_{Clock::time_point::min()};
};

// What an operator sends, one after the other.
class Signals {
 public:
  // Blocks until the next one.
  int wait() {
    int received = 0;
    signals_.async_wait([&](const boost::system::error_code&, int signal) { received = signal; });
    context_.restart();
    context_.run();
    return received;
  }

 private:
  net::io_context context_;
  net::signal_set signals_{context_, SIGINT, SIGTERM, SIGHUP};
};

constexpr const char* kSchemas = "event_types.schemas: ";

// "": none.
LoadedSchemas load_schemas(const std::string& folder) {
  return folder.empty() ? LoadedSchemas{} : SchemaRegistry::load(folder);
}

// Throws for what check() would have said.
SchemaRegistry schemas_of(const Config& config) {
  LoadedSchemas loaded = load_schemas(config.event_types.schemas_folder);
  if (!loaded.errors.empty()) throw std::runtime_error(kSchemas + loaded.errors.front());
  return std::move(loaded.registry);
}

KafkaLog kafka_log(const Logger& logger) {
  return [&logger](KafkaLogLevel level, std::string_view text) {
    switch (level) {
      case KafkaLogLevel::kInfo:
        return logger.info(text);
      case KafkaLogLevel::kWarning:
        return logger.warning(text);
      case KafkaLogLevel::kError:
        return logger.error(text);
    }
  };
}

}  // namespace

// In the order of construction. What a part refers to stands above it.
struct Gateway::Parts {
  explicit Parts(const Config& settings);
  ~Parts();

  Readiness liveness() const;
  Readiness readiness();  // on the thread of `admin` alone
  Pressure pressure() const;
  std::string exposition();
  std::string version() const;
  HttpSettings listener_settings() const;
  void announce() const;
  // Now and then: that there is no room for another connection, and that a load balancer and this
  // gateway do not agree.
  void tell_full();
  void tell_proxy_refused(std::string_view fault);
  void reload(const std::function<LoadedConfig()>& read);
  void apply(const LoadedConfig& loaded);
  void refuse_reload(const std::vector<std::string>& errors);
  void take_over(const Config& applied);
  void drain();

  Config config;  // what a reload takes over changes: for the main thread alone
  // As at the start, with the secrets of then: a reload leaves the section `privacy` as it is.
  const privacy::RuleSetOptions common_rules = rule_set_options(config.privacy);
  const std::string topic_prefix = config.kafka.topic_prefix;
  const std::size_t file_limit = raise_file_limit();
  const std::size_t queue_events_max = kafka_settings(config).queue_events_max;
  const std::size_t queue_bytes_max = kafka_settings(config).queue_bytes_max;
  const Clock::time_point started = Clock::now();
  OnceAMinute full_told, proxy_refused_told;
  std::atomic<bool> draining{false};
  SteadyReadiness steady;  // of the thread of `admin`

  Logger logger;
  Metrics metrics;
  KeyStore keys;
  Authenticator auth;
  MemoryBudget memory;
  Admission admit;
  BatchDecoder decode;
  ErasureReader erase;
  SchemaRegistry schemas;
  Validator validate;
  Scrubber scrub;
  Stamper stamp;
  Router route;
  std::optional<KafkaSink> sink;  // ends before the listener, whose threads its answers resume on
  std::optional<Stages> stages;
  std::optional<Pipeline> pipeline;
  std::optional<CurrentTls> tls;  // none: plain HTTP
  std::optional<Listener> listener;
  std::optional<AdminServer> admin;
};

Gateway::Parts::Parts(const Config& settings)
    : config(settings),
      logger(config.log),
      metrics(PENSTOCK_GATEWAY_VERSION),
      keys(key_entries(config, common_rules)),
      auth(keys),
      memory(memory_plan(config).request_bytes),
      admit(config.admission, key_rates(config), memory),
      decode(config.decode),
      erase(config.kafka.topic_prefix),
      schemas(schemas_of(config)),
      validate(schemas),
      scrub(privacy::RuleSet(common_rules)),
      route(config.kafka.topic_prefix, schemas.types()) {
  metrics.set_keys(key_ids(config));
  logger.info("penstock-gateway starts", {{"version", PENSTOCK_GATEWAY_VERSION}});
  if (uses_tls(config)) tls.emplace(std::make_shared<const TlsContext>(config.listen.tls));
  sink.emplace(kafka_settings(config), kafka_log(logger));
  stages.emplace(
      Stages{auth, admit, decode, erase, validate, scrub, stamp, route, *sink, metrics, logger});
  pipeline.emplace(*stages);
  listener.emplace(
      ListenAddress{config.listen.address, config.listen.port, config.threads}, listener_settings(),
      tls ? &*tls : nullptr, *pipeline, memory,
      ListenerReports{.opened = [this] { metrics.connection_opened(); },
                      .full = [this] { tell_full(); },
                      .proxy_refused = [this](auto fault) { tell_proxy_refused(fault); }});
  admin.emplace(config.admin,
                AdminSources{[this] { return liveness(); }, [this] { return readiness(); },
                             [this] { return exposition(); }, [this] { return version(); }});
  listener->start();
}

Gateway::Parts::~Parts() {
  admin.reset();
  if (listener) listener->stop();
  sink.reset();
}

HttpSettings Gateway::Parts::listener_settings() const {
  HttpSettings settings = http_settings(config);
  settings.connections_max = std::min(settings.connections_max, connections_within(file_limit));
  return settings;
}

void Gateway::Parts::tell_proxy_refused(std::string_view fault) {
  metrics.proxy_header_refused();
  if (!proxy_refused_told.is_due()) return;
  logger.warning(
      "a load balancer's connection was ended: its PROXY header is missing or broken; switch the "
      "PROXY protocol on there, or listen.proxy_protocol off here",
      {{"header", fault}});
}

void Gateway::Parts::tell_full() {
  if (!full_told.is_due()) return;
  logger.warning(
      "as many connections are open as may be: those that wait longest for a request are ended for "
      "new ones; what limits them is limits.connections_max, memory_max or the limit on open files",
      {{"connections", static_cast<std::int64_t>(listener->connections())},
       {"open_files_max", static_cast<std::int64_t>(file_limit)}});
}

// Never about Kafka: a restart would not bring that back.
Readiness Gateway::Parts::liveness() const {
  constexpr std::chrono::seconds kStuckAfter{10};
  const auto lag = listener->loop_lag();
  if (lag < kStuckAfter) return {true, "alive"};
  return {false, "an event loop has not gone round for " +
                     std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lag).count()) +
                     " s"};
}

Readiness Gateway::Parts::readiness() {
  if (draining) return {false, "draining: this gateway is about to end"};
  const auto kafka = sink->availability();
  if (steady.ready(kafka.available, kafka.since, Clock::now())) return {true, "ready"};
  const std::string reason = sink->reason();
  return {false, reason.empty() ? "Kafka has only just come back" : reason};
}

Pressure Gateway::Parts::pressure() const {
  const KafkaStats kafka = sink->stats();
  return {.cpu = listener->loop_busy(),
          .memory = share_of(memory.in_use(), memory.capacity()),
          .kafka = std::max(share_of(kafka.events_in_flight, queue_events_max),
                            share_of(kafka.bytes_in_flight, queue_bytes_max)),
          .connections = share_of(listener->connections(), listener->connections_max())};
}

std::string Gateway::Parts::exposition() {
  const KafkaStats kafka = sink->stats();
  GaugeReadings readings;
  readings.bodies_in_flight_bytes = memory.in_use();
  readings.bodies_in_flight_bytes_max = memory.capacity();
  readings.connections = listener->connections();
  readings.connections_max = listener->connections_max();
  readings.kafka_events_in_flight = kafka.events_in_flight;
  readings.kafka_bytes_in_flight = kafka.bytes_in_flight;
  readings.kafka_producer_replacements = kafka.replacements;
  if (tls) readings.certificate_until = tls->get()->valid_until();
  readings.ready = readiness().ready;
  readings.draining = draining;
  readings.loop_lag = listener->loop_lag();
  readings.pressure = pressure();
  return metrics.exposition(readings);
}

std::string Gateway::Parts::version() const {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started);
  return nlohmann::json{
      {"version", PENSTOCK_GATEWAY_VERSION},
      {"uptimeSeconds", uptime.count()},
      {"kafka",
       {{"embedded", sink->embedded()},
        {"brokers", sink->brokers()},
        {"topicPrefix", topic_prefix}}},
  }
      .dump();
}

void Gateway::Parts::announce() const {
  for (const std::string& warning : warnings(config)) logger.warning(warning);
  const std::string_view tls_text = !uses_tls(config)              ? "OFF: PLAIN HTTP"
                                    : config.listen.tls.tls13_only ? "1.3"
                                                                   : "1.2 or 1.3";
  logger.info("listening for events",
              {{"address", config.listen.address},
               {"port", std::int64_t{listener->port()}},
               {"tls", tls_text},
               {"threads", static_cast<std::int64_t>(listener->threads())},
               {"connections_max", static_cast<std::int64_t>(listener_settings().connections_max)},
               {"memory_max", static_cast<std::int64_t>(memory_max(config))}});
  logger.info("admin: /healthz /readyz /metrics /version",
              {{"address", config.admin.address}, {"port", std::int64_t{admin->port()}}});
  if (sink->embedded()) {
    logger.warning(
        "Kafka is EMBEDDED, IN MEMORY, FOR TRYING OUT: its events end with this process; "
        "set kafka.brokers for one that keeps them",
        {{"bootstrap", sink->brokers()}});
  } else {
    logger.info("writing to Kafka", {{"brokers", sink->brokers()}});
  }
}

void Gateway::Parts::reload(const std::function<LoadedConfig()>& read) {
  try {
    apply(read());
  } catch (const std::exception& error) {  // a file that changes at this very moment, no memory
    refuse_reload({error.what()});
  }
}

void Gateway::Parts::refuse_reload(const std::vector<std::string>& errors) {
  metrics.config_reloaded(false);
  for (const auto& error : errors)
    logger.error("reload refused, all stays as it was", {{"error", error}});
}

void Gateway::Parts::apply(const LoadedConfig& loaded) {
  std::vector<std::string> errors = loaded.errors;
  if (errors.empty()) {
    for (const auto& error : check(loaded.config)) errors.push_back(located(error, loaded));
  }
  if (!errors.empty()) return refuse_reload(errors);
  const auto [applied, need_restart] = changes_to(config, loaded.config);
  for (const auto& error : key_privacy_errors(applied)) {
    errors.push_back(located(error, loaded) +
                     " (with the section privacy as it runs; if the new one differs, restart)");
  }
  if (!errors.empty()) return refuse_reload(errors);
  take_over(applied);
  metrics.config_reloaded(true);
  for (const auto& warning : warnings(loaded.config)) logger.warning(warning);
  for (const auto& setting : need_restart) {
    logger.warning("this setting has changed and needs a restart; the old value stays until then",
                   {{"setting", setting}});
  }
  logger.info("reloaded", {{"keys", static_cast<std::int64_t>(config.keys.size())},
                           {"certificate", config.listen.tls.certificate_file}});
}

// All that can fail comes first.
void Gateway::Parts::take_over(const Config& applied) {
  const auto entries = key_entries(applied, common_rules);
  const auto rates = key_rates(applied);
  std::shared_ptr<const TlsContext> next_tls;
  if (tls) next_tls = std::make_shared<const TlsContext>(applied.listen.tls, *tls->get());
  admit.replace_keys(rates);  // before a new key can come
  metrics.set_keys(key_ids(applied));
  keys.replace(entries);
  if (tls) tls->replace(std::move(next_tls));
  logger.set_least(applied.log.least);
  config = applied;
}

void Gateway::Parts::drain() {
  listener->announce_end();
  draining = true;
  std::signal(SIGHUP, SIG_IGN);
  // Nothing waits for the second signal but the end of the process.
  for (const int signal : {SIGINT, SIGTERM})
    std::signal(signal, [](int) { std::_Exit(EXIT_FAILURE); });
  logger.info("draining: not ready from now on", {{"delay_ms", config.drain.delay.count()},
                                                  {"timeout_ms", config.drain.timeout.count()}});
  std::this_thread::sleep_for(config.drain.delay);

  const auto deadline = Clock::now() + config.drain.timeout;
  listener->stop_accepting();
  const bool answered = listener->drain(config.drain.timeout);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  const bool flushed = sink->flush(std::max(left, std::chrono::milliseconds::zero()));
  if (answered && flushed) {
    logger.info("ended: every request is answered");
  } else {
    logger.warning("ended before every request was answered: their clients will send again",
                   {{"connections", static_cast<std::int64_t>(listener->connections())}});
  }
}

std::vector<std::string> Gateway::check(const Config& config) {
  std::vector<std::string> errors = check_config(config);
  const auto refused = [&](std::string_view section) {
    return std::any_of(errors.begin(), errors.end(),
                       [&](const auto& error) { return error.starts_with(section); });
  };
  const auto attempt = [&](const std::string& setting, const auto& part) {
    try {
      part();
    } catch (const std::exception& error) {
      errors.push_back(setting + error.what());
    }
  };
  if (uses_tls(config) && !refused("listen.tls"))
    attempt("listen.tls: ", [&] { const TlsContext tls(config.listen.tls); });
  for (const auto& error : load_schemas(config.event_types.schemas_folder).errors)
    errors.push_back(kSchemas + error);
  KafkaSettings kafka = kafka_settings(config);
  if (!errors.empty()) {  // these sizes may follow from what is refused already
    kafka.queue_events_max = KafkaSettings().queue_events_max;
    kafka.queue_bytes_max = KafkaSettings().queue_bytes_max;
  }
  if (!refused("kafka.properties")) attempt("", [&] { KafkaSink::check(kafka); });
  return errors;
}

std::vector<std::string> Gateway::warnings(const Config& config) {
  std::vector<std::string> warnings;
  if (uses_tls(config)) {
    auto warning = private_key_warning(config.listen.tls.private_key_file);
    if (!warning.empty()) warnings.push_back(std::move(warning));
    for (const auto& [setting, file] :
         {std::pair{"listen.tls.certificate", config.listen.tls.certificate_file},
          std::pair{"listen.tls.private_key", config.listen.tls.private_key_file}}) {
      if (!std::filesystem::path(file).is_relative()) continue;
      warnings.push_back(
          std::string(setting) + ": " + file +
          " is sought in the working directory, which is another one where a service "
          "manager starts the gateway; give the path from /");
    }
  }
  return warnings;
}

Gateway::Gateway(const Config& config, const std::vector<std::string>& notes,
                 std::function<LoadedConfig()> read_again)
    : parts_(std::make_unique<Parts>(config)), read_again_(std::move(read_again)) {
  for (const auto& note : notes) parts_->logger.warning(note);
  parts_->announce();
}

Gateway::~Gateway() = default;

void Gateway::run() {
  Signals signals;
  while (signals.wait() == SIGHUP) parts_->reload(read_again_);
  parts_->drain();
}

}  // namespace penstock::gateway
