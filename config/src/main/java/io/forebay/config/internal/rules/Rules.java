package io.forebay.config.internal.rules;

import io.forebay.config.internal.reading.Node;
import io.forebay.config.internal.reading.Problems;
import io.forebay.config.internal.reading.Wording;
import io.forebay.config.internal.reading.WrittenKeys;
import io.forebay.config.model.PipelineConfig;
import io.forebay.config.model.StageConfig;
import io.forebay.config.sinks.DuckDbSinkConfig;
import io.forebay.config.sinks.InfluxDbSinkConfig;
import io.forebay.config.sinks.KafkaSinkConfig;
import io.forebay.config.sinks.MqttSinkConfig;
import io.forebay.config.sinks.ParquetSinkConfig;
import io.forebay.config.sinks.PostgresSinkConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sinks.SinkDelivery;
import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.ListeningSource;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.values.MqttConnectionConfig;
import io.forebay.config.values.SpoolConfig;
import io.forebay.config.values.TlsConfig;
import io.forebay.config.values.WhenSlow;
import io.forebay.connectors.file.FileFormat;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.MessageFormat;
import io.forebay.functions.ConditionFilter;
import io.forebay.internal.text.Nearest;
import io.forebay.observe.OtlpAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What several keys say together, and what a value may be beyond its type. */
public final class Rules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

  private static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
  private static final Pattern TABLE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");

  private final PipelineConfig config;
  private final WrittenKeys written;
  private final Path workingDirectory;
  private final Problems problems;

  private final FileRules files;
  private final StageRules stages;
  private final UnusedKeys unused;

  public Rules(PipelineConfig config, Node.Mapping root, Path workingDirectory, Problems problems) {
    this.config = config;
    this.written = new WrittenKeys(root);
    this.workingDirectory = workingDirectory;
    this.problems = problems;
    this.files = new FileRules(workingDirectory, config.root(), this::add);
    this.stages = new StageRules(written, workingDirectory, this::add);
    this.unused = new UnusedKeys(key -> find(key) != null, this::add);
  }

  public void check() {
    checkName("name", config.name());
    checkSlots();
    for (int i = 0; i < config.classPath().size(); i++) {
      checkClassPath("classPath[" + i + "]", config.classPath().get(i));
    }
    Set<String> names = new HashSet<>();
    Map<String, String> clients = new HashMap<>();
    for (int i = 0; i < config.sources().size(); i++) {
      SourceConfig source = config.sources().get(i);
      checkUnique("sources[" + i + "].name", source.name(), names, "source");
      unused.check("sources[" + i + "]", source);
      if (source instanceof SourceConfig.File file) {
        checkFileSource("sources[" + i + "]", file);
      }
      if (source instanceof MqttSourceConfig mqtt) {
        checkWholeSeconds("sources[" + i + "].sessionExpiry", mqtt.sessionExpiry());
        checkMqtt("sources[" + i + "]", mqtt, mqtt.name(), clients);
        checkFieldNames("sources[" + i + "]", mqtt.fields().keySet());
        checkHeader(
            "sources[" + i + "]", mqtt.format().format().equals(Optional.of(MessageFormat.CSV)));
      }
      if (source instanceof ListeningSource listening) {
        checkListening("sources[" + i + "]", listening);
        checkHeader("sources[" + i + "]", listening.takesCsv());
      }
      if (source instanceof KafkaSourceConfig kafka) {
        String caFile = "sources[" + i + "].caFile";
        kafka.caFile().ifPresent(file -> files.checkSmall(caFile, file));
        checkMechanism("sources[" + i + "]", kafka.mechanism());
        checkHeader("sources[" + i + "]", kafka.format() == MessageFormat.CSV);
      }
    }
    new SourcesTogether(config.sources(), workingDirectory).check(this::add);
    for (int i = 0; i < config.sources().size(); i++) {
      checkSpool("sources[" + i + "]", config.attached().of(config.sources().get(i)).spool());
    }
    names.clear();
    for (int i = 0; i < config.stages().size(); i++) {
      StageConfig stage = config.stages().get(i);
      checkUnique("stages[" + i + "].name", stage.name(), names, "stage");
      stages.check("stages[" + i + "]", stage);
      if (stage instanceof StageConfig.Windowed windowed) {
        checkWindowed("stages[" + i + "]", windowed, config.stages().subList(0, i));
      }
    }
    names.clear();
    for (int i = 0; i < config.sinks().size(); i++) {
      SinkConfig sink = config.sinks().get(i);
      if (sink.name().isPresent()) {
        checkUnique("sinks[" + i + "].name", sink.name().get(), names, "sink");
      } else {
        names.add(sink.label());
      }
      checkSink("sinks[" + i + "]", sink);
      checkSinkDelivery("sinks[" + i + "]", config.attached().of(sink));
      if (sink instanceof MqttSinkConfig mqtt) {
        checkMqtt("sinks[" + i + "]", mqtt, mqtt.label(), clients);
      }
    }
    config.dashboard().ifPresent(dashboard -> checkTls("dashboard", dashboard.tls()));
    config.telemetry().ifPresent(telemetry -> checkOtlp(telemetry.otlp()));
    if (config.deadLetter().isPresent()) {
      files.check("deadLetter.path", config.deadLetterPath(), true);
    } else {
      files.checkDefault(
          "sinks[0].path",
          config.deadLetterPath(),
          "the dead letters would go to",
          "name another file with deadLetter.path");
    }
  }

  private void checkWindowed(String path, StageConfig.Windowed stage, List<StageConfig> before) {
    for (StageConfig each : before) {
      if (each instanceof StageConfig.Windowed) {
        add(
            path + ".window",
            "a pipeline has one stage that gathers records into windows, and that is '"
                + each.name()
                + "'; have '"
                + stage.name()
                + "' do it in a pipeline of its own");
      }
    }
    stage.window().late().ifPresent(sink -> checkLate(path + ".window.late", sink));
    if (!config.ordered()) {
      add("ordered", "windows need the records of a source in their order; remove ordered: false");
    }
    if (stage.state().isPresent()) {
      files.check(path + ".state", stage.state().get(), true);
    } else {
      files.checkDefault(
          "sinks[0].path",
          config.statePath(stage),
          "the open windows would be kept in",
          "name another folder with stages." + stage.name() + ".state");
    }
  }

  private void checkLate(String key, String sink) {
    List<String> sinks = config.sinks().stream().map(SinkConfig::label).toList();
    if (!sinks.contains(sink)) {
      add(
          key,
          "there is no sink '"
              + sink
              + "' for late records"
              + Nearest.to(sink, sinks).map(near -> "; did you mean " + near + "?").orElse("")
              + " (give a sink that name with name:)");
    } else if (sinks.size() == 1) {
      add(
          key,
          "'"
              + sink
              + "' is given late records and nothing else, and there is no sink for the rows of"
              + " windows; add another one");
    }
  }

  private void checkOtlp(String url) {
    try {
      var _ = new OtlpAddress(url);
    } catch (ConfigurationException e) {
      add("telemetry.otlp", String.valueOf(e.getMessage()));
    }
  }

  private void checkClassPath(String key, String entry) {
    try {
      Path path = workingDirectory.resolve(entry);
      if (!Files.exists(path)) {
        add(key, "there is no '" + entry + "' in the working directory");
      } else if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
        add(key, "'" + entry + "' is neither a jar nor a folder");
      }
    } catch (InvalidPathException e) {
      add(key, "'" + entry + "' is not a path");
    }
  }

  private void checkSinkDelivery(String path, SinkDelivery delivery) {
    if (delivery.when().isPresent()) {
      try {
        ConditionFilter.of(delivery.when().get());
      } catch (ConfigurationException e) {
        add(path + ".when", "is " + e.getMessage());
      }
    }
    checkSpool(path, delivery.spool());
    if (delivery.whenSlow() == WhenSlow.SPOOL && delivery.spool().isEmpty()) {
      add(path + ".whenSlow", "needs a place: add spool: { path: … }, or write whenSlow: block");
    }
    if (delivery.whenSlow() == WhenSlow.BLOCK && delivery.spool().isPresent()) {
      add(path + ".spool", "is for a sink that may fall behind; add whenSlow: spool, or remove it");
    }
  }

  private void checkSpool(String path, Optional<SpoolConfig> spool) {
    if (spool.isEmpty()) {
      return;
    }
    if (spool.get().path().equals("-")) {
      add(path + ".spool.path", "'-' is no folder; name one");
    } else {
      files.check(path + ".spool.path", spool.get().path(), true);
    }
    if (spool.get().size().bytes() < 1 << 20) {
      add(path + ".spool.size", "must be at least 1MiB, not " + shown(path + ".spool.size"));
    }
  }

  private void checkName(String key, String name) {
    if (!NAME.matcher(name).matches()) {
      add(key, "'" + shown(key) + "' is not a name; use letters, digits, '-' and '_', at most 64");
    }
  }

  private void checkUnique(String key, String name, Set<String> names, String noun) {
    checkName(key, name);
    if (!names.add(name)) {
      add(key, "another " + noun + " is called '" + name + "' too; rename one of them");
    }
  }

  private void checkSlots() {
    long bytes = config.forebaySize().slotSize().bytes();
    if (bytes < 4 << 10 || bytes > 1 << 30) {
      add("forebay.slotSize", "must be between 4KiB and 1GiB, not " + shown("forebay.slotSize"));
    }
  }

  private void checkFileSource(String path, SourceConfig.File file) {
    files.check(path + ".path", file.path(), false);
    FileFormat format =
        file.format().or(() -> FileFormat.ofPath(file.path())).orElse(FileFormat.JSONL);
    if (file.separator().isPresent() && format != FileFormat.CSV) {
      add(path + ".separator", "only CSV has separators; remove it or write format: csv");
    }
    checkHeader(path, format == FileFormat.CSV);
    if (file.header() == CsvHeaderRow.ABSENT && file.fields().isEmpty()) {
      add(path + ".header", "without a header row nothing names the columns; declare fields");
    }
    checkFieldNames(path, file.fields().keySet());
  }

  private void checkHeader(String path, boolean isCsv) {
    if (!isCsv && find(path + ".header") != null) {
      add(path + ".header", "only CSV has header rows; remove it or write format: csv");
    }
  }

  private void checkFieldNames(String path, Set<String> fields) {
    for (String field : fields) {
      if (field.isEmpty() || field.startsWith("forebay:")) {
        add(path + ".fields", "'" + field + "' cannot be the name of a field; rename it");
      }
    }
  }

  private void checkMqtt(
      String path, MqttConnectionConfig mqtt, String name, Map<String, String> clients) {
    checkWholeSeconds(path + ".keepAlive", mqtt.keepAlive());
    mqtt.tls()
        .ifPresent(tls -> {
          tls.ca().ifPresent(file -> files.checkSmallHere(path + ".tls.ca", file));
          tls.certificate()
              .ifPresent(file -> files.checkSmallHere(path + ".tls.certificate", file));
          tls.key().ifPresent(file -> files.checkSmallHere(path + ".tls.key", file));
        });
    String client = mqtt.clientId(config.name(), name);
    String before = clients.putIfAbsent(mqtt.broker() + " " + client, path);
    if (before != null) {
      add(
          mqtt.clientId().isPresent() ? path + ".clientId" : path,
          "has the client id '"
              + client
              + "', as "
              + before
              + " has, and a broker lets in one of them; give each its own");
    }
  }

  /** The protocol knows no others, and half a second would be none. */
  private void checkWholeSeconds(String key, Duration duration) {
    if (duration.toMillisPart() != 0) {
      add(key, "must be whole seconds, not " + shown(key));
    }
  }

  private void checkListening(String path, ListeningSource source) {
    checkTls(path, source.tls());
    checkFieldNames(path, source.fields().keySet());
  }

  private void checkTls(String path, Optional<TlsConfig> there) {
    there.ifPresent(tls -> {
      files.checkSmallHere(path + ".tls.certificate", tls.certificate());
      files.checkSmallHere(path + ".tls.key", tls.key());
      tls.clientCa().ifPresent(ca -> files.checkSmallHere(path + ".tls.clientCa", ca));
    });
  }

  private void checkSink(String path, SinkConfig sink) {
    unused.check(path, sink);
    if (sink instanceof InfluxDbSinkConfig influx) {
      influx.progress().ifPresent(file -> files.check(path + ".progress", file, true));
    }
    sink.file().ifPresent(file -> files.check(path + ".path", file, true));
    boolean stores = sink instanceof DuckDbSinkConfig || sink instanceof ParquetSinkConfig;
    if (stores && sink.file().equals(Optional.of("-"))) {
      add(path + ".path", "only jsonl and csv can be written to standard output; name a file");
    }
    if (sink instanceof PostgresSinkConfig table) {
      checkPostgres(path, table);
    }
    if (sink instanceof KafkaSinkConfig kafka) {
      kafka.caFile().ifPresent(file -> files.checkSmall(path + ".caFile", file));
      checkMechanism(path, kafka.mechanism());
    }
    if (sink instanceof DuckDbSinkConfig table && !TABLE.matcher(table.table()).matches()) {
      add(
          path + ".table",
          "'" + table.table() + "' is no name of a table; use letters, digits and '_', at most 63");
    }
  }

  private void checkPostgres(String path, PostgresSinkConfig table) {
    table.caFile().ifPresent(file -> files.checkSmall(path + ".caFile", file));
    for (String part : table.table().split("[.]", -1)) {
      if (!TABLE.matcher(part).matches() || table.table().split("[.]", -1).length > 2) {
        add(
            path + ".table",
            "'"
                + table.table()
                + "' is no name of a table; use letters, digits and '_', at most 63, and 'schema.'"
                + " before it if need be");
        return;
      }
    }
  }

  private void checkMechanism(String path, String mechanism) {
    if (!MECHANISMS.contains(mechanism)) {
      add(
          path + ".mechanism",
          "'" + shown(path + ".mechanism") + "' is not known; use " + Wording.oneOf(MECHANISMS));
    }
  }

  private void add(String key, String sentence) {
    problems.add(written.origin(key), key, sentence);
  }

  private String shown(String key) {
    return written.shown(key);
  }

  private @Nullable Node find(String key) {
    return written.find(key);
  }
}
