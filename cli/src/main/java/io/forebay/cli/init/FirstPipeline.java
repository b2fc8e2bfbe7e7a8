package io.forebay.cli.init;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.connectors.file.FileFormat;
import io.forebay.connectors.file.FileSource;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A pipeline file for a file of readings.
 *
 * @param name of the pipeline, and of its files
 * @param root the folder that its paths have to lie under, if that is not the working directory
 * @param path of the data, from that folder
 * @param separator of the columns, where the name of the file does not say it
 * @param fields as in a pipeline file, for example {@code { sensorId: string, value: float64 }}
 */
record FirstPipeline(
    String name,
    Optional<Path> root,
    String path,
    String fields,
    Optional<Character> separator,
    Schema schema) {

  /**
   * Looks at the first lines of the file.
   *
   * @throws ConfigurationException in one sentence, if it cannot be read or no fields are found
   */
  static FirstPipeline of(Path data, Path workingDirectory) {
    if (!Files.exists(data)) {
      throw new ConfigurationException(
          "there is no file '" + data + "'; relative paths begin at " + workingDirectory);
    }
    if (!Files.isRegularFile(data)) {
      throw new ConfigurationException(
          "'" + data + "' is not a regular file: name a file of readings");
    }
    Optional<Character> separator = separator(data);
    FileSource.Builder builder = FileSource.builder(data.toString());
    separator.ifPresent(builder::separator);
    FileSource source = builder.build();
    try {
      Path whole = workingDirectory.resolve(data).normalize();
      boolean within = whole.startsWith(workingDirectory);
      return new FirstPipeline(
          name(data),
          within ? Optional.empty() : Optional.of(workingDirectory.getRoot()),
          within ? workingDirectory.relativize(whole).toString() : whole.toString(),
          fields(source.inferredFields().orElseThrow()),
          separator,
          source.schema());
    } finally {
      close(source);
    }
  }

  private static void close(FileSource source) {
    try {
      source.close();
    } catch (IOException e) {
      // It was only looked at.
    }
  }

  /** The one with which a CSV file has most columns, if it is not what its name says. */
  private static Optional<Character> separator(Path data) {
    if (FileFormat.ofPath(data.toString()).orElse(FileFormat.JSONL) != FileFormat.CSV) {
      return Optional.empty();
    }
    int most = columns(FileSource.builder(data.toString()));
    Optional<Character> best = Optional.empty();
    for (char other : new char[] {';', '\t'}) {
      int columns = columns(FileSource.builder(data.toString()).separator(other));
      if (columns > most) {
        most = columns;
        best = Optional.of(other);
      }
    }
    return best;
  }

  private static int columns(FileSource.Builder builder) {
    try {
      FileSource source = builder.build();
      close(source);
      return source.schema().fields().size();
    } catch (ConfigurationException e) {
      return 0;
    }
  }

  /** Without what is said beside them. */
  private static String fields(String line) {
    return line.substring(line.indexOf('{'), line.lastIndexOf('}') + 1);
  }

  /** The name of the file without its endings, in the letters that names may have. */
  private static String name(Path data) {
    String file = data.getFileName().toString();
    String stem = file.replaceFirst("(?<=.)\\..*$", "").toLowerCase(Locale.ROOT);
    String name = stem.replaceAll("[^a-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
    return name.isEmpty() ? "pipeline" : name;
  }

  /** The file's text. */
  String yaml() {
    return """
    # A first pipeline. `forebay validate` checks it, `forebay explain` says what fits, and
    # `forebay connectors` and `forebay functions` list what there is.
    name: %1$s
    %2$ssources:
      - name: %1$s
        type: file
        path: %3$s
        # As found in the first lines; a ? behind a type: the value may be missing.
        fields: %4$s
    %6$s    # follow: true   # goes on with lines that are appended
    # What is computed on each record, in worker processes on every core:
    # stages:
    #   - { name: features, cpu: "python:features.compute" }   # compute(records: list[dict]) -> list[dict]
    %5$ssinks:
      - { type: jsonl, path: out/%1$s.jsonl }
    # What cannot be read, or what a function rejects; `forebay letters` says why.
    deadLetter: { path: out/%1$s.rejected.jsonl }
    """
        .formatted(
            name,
            root.map(FirstPipeline::rootLine).orElse(""),
            quoted(path),
            fields,
            examples(),
            separatorLine());
  }

  private String separatorLine() {
    return separator
        .map(each -> "    separator: \"" + (each == '\t' ? "\\t" : each) + "\"\n")
        .orElse("");
  }

  private static String rootLine(Path root) {
    return "root: " + quoted(root.toString()) + "\n";
  }

  /** Stages that would do with these fields. */
  private String examples() {
    StringBuilder text = new StringBuilder();
    number()
        .ifPresent(column ->
            text.append(
                    "#   - { name: plausible, cpu: io.forebay.functions.RangeCheck, parameters: {"
                        + " column: ")
                .append(column)
                .append(", min: -20, max: 120 } }\n"));
    if (key().isPresent() && number().isPresent() && first(ColumnType.TIMESTAMP_MS).isPresent()) {
      text.append(
              "#   - { name: minutes, statistics: [count, mean, sd, min, max], window: { size: 1m,"
                  + " by: ")
          .append(key().get())
          .append(", maxLateness: 5s } }\n");
    }
    return text.toString();
  }

  private Optional<String> key() {
    return first(ColumnType.STRING);
  }

  private Optional<String> number() {
    return first(ColumnType.FLOAT64).or(() -> first(ColumnType.INT64));
  }

  private Optional<String> first(ColumnType type) {
    return schema.fields().stream()
        .filter(field -> field.type() == type)
        .map(Field::name)
        .findFirst();
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./-]+")
        ? text
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
