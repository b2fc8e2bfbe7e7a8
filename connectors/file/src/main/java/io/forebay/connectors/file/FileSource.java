package io.forebay.connectors.file;

import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a file of JSON Lines or CSV from its beginning to its end: plain, {@code .gz} or {@code
 * .zst}, or the standard input ({@code -}).
 *
 * <p>A record's {@link io.forebay.Position} is its line number and the byte offset, in the
 * decompressed stream, of the line behind it.
 */
public final class FileSource implements Source {
  private FileSource() {}

  /** Describes a source that reads {@code path}; {@code -} is the standard input. */
  public static Builder builder(String path) {
    return new Builder();
  }

  /**
   * The fields as inferred from the first lines, in one line that can be pasted into a pipeline
   * file; empty where they were given.
   */
  public Optional<String> inferredFields() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Schema schema() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean repeatable() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean carriesExtras() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void run(SourceContext context) throws Exception {
    throw new UnsupportedOperationException();
  }

  /** Describes a {@link FileSource}. */
  public static final class Builder {
    private Builder() {}

    /** How records are written; by default what the file's name says, otherwise JSON Lines. */
    public Builder format(FileFormat format) {
      return this;
    }

    /**
     * The fields. Members of a JSON line that are not among them are kept as extras; further
     * columns of a CSV file become string columns. By default they are inferred from the first
     * lines.
     */
    public Builder fields(Schema fields) {
      return this;
    }

    /** What separates the cells of a CSV row: {@code ,} by default, {@code ;} or a tab. */
    public Builder separator(char separator) {
      return this;
    }

    /** What the source accepts. */
    public Builder limits(FileLimits limits) {
      return this;
    }

    /** Reads from {@code input} in place of the standard input. */
    public Builder standardInput(InputStream input) {
      return this;
    }

    /**
     * Opens the file as far as its schema requires.
     *
     * @throws io.forebay.ConfigurationException if the file is not there or cannot be read, if a
     *     declared field is not in a CSV file's header, or if there is nothing to infer fields from
     */
    public FileSource build() {
      throw new UnsupportedOperationException();
    }
  }
}
