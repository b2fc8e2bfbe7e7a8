package io.forebay.functions.sql;

import io.forebay.connectors.duckdb.capi.Database;
import io.forebay.errors.ConfigurationException;
import io.forebay.parameters.ParameterType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Small tables that statements join, read from files once.
 *
 * @param files by the table's name
 */
record Tables(Map<String, Path> files) {
  /** What a file is is not guessed; only the types of its columns are. */
  private static final String CSV =
      "read_csv(%s, header = true, delim = '%s', quote = '\"', escape = '\"')";

  /** How they are written. */
  record Type() implements ParameterType<Tables> {
    @Override
    public String noun() {
      return "names of tables with CSV or Parquet files: \"sites = sites.csv, limits ="
          + " limits.parquet\"";
    }

    @Override
    public Tables parse(String text) {
      Map<String, Path> files = new LinkedHashMap<>();
      for (String part : text.split(",", -1)) {
        int equals = part.indexOf('=');
        String name = part.substring(0, Math.max(0, equals)).strip();
        String file = part.substring(equals + 1).strip();
        if (name.isEmpty() || file.isEmpty()) {
          throw new IllegalArgumentException("of which '" + part.strip() + "' names no file");
        }
        if (name.equalsIgnoreCase(BatchTable.NAME) || files.put(name, Path.of(file)) != null) {
          throw new IllegalArgumentException("in which the name '" + name + "' is taken already");
        }
        if (reader(file).isEmpty()) {
          throw new IllegalArgumentException("of which '" + file + "' is neither CSV nor Parquet");
        }
      }
      return new Tables(files);
    }
  }

  /** Reads the files into the database. */
  void load(Database database) {
    files.forEach((name, file) -> {
      if (!Files.isRegularFile(file)) {
        throw new ConfigurationException(
            "there is no file %s (%s) for the table %s: say with the parameter tables where it is, from the folder in which forebay is started"
                .formatted(file, file.toAbsolutePath(), name));
      }
      try {
        database.run(
            "create table "
                + Database.name(name)
                + " as select * from "
                + reader(file.toString())
                    .formatted(Database.text(file.toAbsolutePath().toString())));
      } catch (IOException e) {
        throw new ConfigurationException(
            "the file %s cannot be read as the table %s: %s"
                .formatted(file, name, SqlMessage.oneLine(e)),
            e);
      }
    });
  }

  /** What reads a file, with a place for its name; empty if nothing does. */
  private static String reader(String file) {
    String lower = file.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
    if (lower.endsWith(".csv")) {
      return CSV.formatted("%s", ",");
    }
    if (lower.endsWith(".tsv")) {
      return CSV.formatted("%s", "\t");
    }
    return lower.endsWith(".parquet") ? "read_parquet(%s)" : "";
  }
}
