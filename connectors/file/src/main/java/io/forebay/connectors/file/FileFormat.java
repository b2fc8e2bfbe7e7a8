package io.forebay.connectors.file;

import io.forebay.errors.ConfigurationException;
import java.util.Locale;
import java.util.Optional;

/** How records are written in a file. */
public enum FileFormat {
  /** One JSON object a line, UTF-8. */
  JSONL("jsonl"),
  /** RFC 4180 with a header row, UTF-8. */
  CSV("csv");

  private static final String TABS = ".tsv";

  private final String text;

  FileFormat(String text) {
    this.text = text;
  }

  /** The name used in pipeline files. */
  public String text() {
    return text;
  }

  /**
   * The format of that name.
   *
   * @throws ConfigurationException naming the formats, if there is none
   */
  public static FileFormat parse(String text) {
    for (FileFormat format : values()) {
      if (format.text.equals(text)) {
        return format;
      }
    }
    throw new ConfigurationException("unknown format '" + text + "': use jsonl or csv");
  }

  /**
   * What the file's name says: {@code .jsonl}, {@code .ndjson}, {@code .csv} or {@code .tsv}, also
   * before {@code .gz} and {@code .zst}.
   */
  public static Optional<FileFormat> ofPath(String path) {
    String name = uncompressed(path);
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Optional.of(JSONL);
    }
    return name.endsWith(".csv") || name.endsWith(TABS) ? Optional.of(CSV) : Optional.empty();
  }

  /** What the file's name says separates columns. */
  static char separatorOf(String path) {
    return uncompressed(path).endsWith(TABS) ? '\t' : ',';
  }

  private static String uncompressed(String path) {
    String name = path.toLowerCase(Locale.ROOT);
    return name.endsWith(".gz") || name.endsWith(".zst")
        ? name.substring(0, name.lastIndexOf('.'))
        : name;
  }

  @Override
  public String toString() {
    return text;
  }
}
