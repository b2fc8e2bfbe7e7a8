package io.forebay.connectors.file;

import io.forebay.ConfigurationException;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of JSON Lines or CSV from its beginning to its end: plain, {@code .gz} or {@code
 * .zst}, or the standard input ({@code -}).
 *
 * <p>A record's {@link Position} is its line number and the byte offset, in the decompressed
 * stream, of the line behind it. A line that is not a record of the schema goes to dead letter with
 * the reason; only a file that cannot be read or decompressed fails the pipeline.
 */
public final class FileSource implements Source {
  private final FileOrigin origin;
  private final FileFormat format;
  private final FileLimits limits;
  private final char separator;
  private final Schema schema;
  private final @Nullable String inferredFields;

  private FileSource(Builder builder) throws IOException, InterruptedException {
    origin = new FileOrigin(builder.path, builder.standardInput);
    format =
        builder.format != null
            ? builder.format
            : FileFormat.ofPath(builder.path).orElse(FileFormat.JSONL);
    limits = builder.limits;
    separator = builder.separator;
    Schema fields = builder.fields;
    if (format == FileFormat.JSONL && fields != null) {
      schema = fields;
      inferredFields = null;
      origin.checkReadable();
    } else {
      Inference inference = Inference.of(origin, format, fields, separator, limits);
      schema = inference.schema();
      inferredFields = fields == null ? inference.line() : null;
    }
  }

  /** Describes a source that reads {@code path}; {@code -} is the standard input. */
  public static Builder builder(String path) {
    return new Builder(path);
  }

  /**
   * The fields as inferred from the first lines, in one line that can be pasted into a pipeline
   * file; empty where they were given.
   */
  public Optional<String> inferredFields() {
    return Optional.ofNullable(inferredFields);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  /** Whether the path names a regular file; a pipe or the standard input is read only once. */
  @Override
  public boolean repeatable() {
    return origin.repeatable();
  }

  /** Whether lines may have members that no field declares: in JSON Lines, not in CSV. */
  @Override
  public boolean carriesExtras() {
    return format == FileFormat.JSONL;
  }

  @Override
  public void run(SourceContext context) throws IOException, InterruptedException {
    RecordWriter out = context.partition("");
    Position resume = context.resumeFrom("");
    try (ByteInput input = origin.open()) {
      if (format == FileFormat.CSV) {
        readCsv(input, resume, out);
        return;
      }
      input.skip(resume.offset(), false);
      LineBuffer buffer = new LineBuffer(input, limits.lineBytes(), resume.offset());
      if (resume.offset() == 0) {
        buffer.skipByteOrderMark();
      }
      new JsonlReader(new JsonRecords(schema, limits, context.replacedColumns()), limits)
          .read(buffer, resume.sequence(), out);
    }
  }

  private void readCsv(ByteInput input, Position resume, RecordWriter out)
      throws IOException, InterruptedException {
    CsvCells cells = new CsvCells(separator, limits);
    CsvReader reader = new CsvReader(new CsvValues(schema), cells, schema.size(), limits);
    if (resume.offset() == 0) {
      LineBuffer buffer = new LineBuffer(input, limits.lineBytes(), 0);
      buffer.skipByteOrderMark();
      CsvHeader.read(input.name(), buffer, cells);
      reader.read(buffer, cells.lines(), out);
    } else {
      // A record may have several lines, so its number does not say how many there are before.
      long lines = input.skip(resume.offset(), true);
      reader.read(new LineBuffer(input, limits.lineBytes(), resume.offset()), lines, out);
    }
  }

  @Override
  public void close() throws IOException {
    origin.close();
  }

  /** Describes a {@link FileSource}. */
  public static final class Builder {
    private final String path;
    private @Nullable FileFormat format;
    private @Nullable Schema fields;
    private char separator = ',';
    private FileLimits limits = FileLimits.DEFAULT;
    private @Nullable InputStream standardInput;

    private Builder(String path) {
      this.path = path;
    }

    /** How records are written; by default what the file's name says, otherwise JSON Lines. */
    public Builder format(FileFormat format) {
      this.format = format;
      return this;
    }

    /**
     * The fields. Members of a JSON line that are not among them are kept as extras; further
     * columns of a CSV file become string columns. By default they are inferred from the first
     * lines.
     */
    public Builder fields(Schema fields) {
      this.fields = fields;
      return this;
    }

    /** What separates the cells of a CSV row: {@code ,} by default, {@code ;} or a tab. */
    public Builder separator(char separator) {
      CsvText.checkSeparator(separator);
      this.separator = separator;
      return this;
    }

    /** What the source accepts. */
    public Builder limits(FileLimits limits) {
      this.limits = limits;
      return this;
    }

    /** Reads from {@code input} in place of the standard input. */
    public Builder standardInput(InputStream input) {
      this.standardInput = input;
      return this;
    }

    /**
     * Opens the file as far as its schema requires. Without {@link #fields} that reads the first
     * 1,000 lines, for which a slow standard input lets it wait.
     *
     * @throws ConfigurationException if the file is not there or cannot be read, if a declared
     *     field is not in a CSV file's header, or if there is nothing to infer fields from
     */
    public FileSource build() {
      try {
        return new FileSource(this);
      } catch (IOException e) {
        String message = String.valueOf(e.getMessage());
        throw new ConfigurationException(
            message.startsWith("'")
                ? message
                : "'"
                    + path
                    + "' cannot be read: "
                    + FileOrigin.reason(e)
                    + "; relative paths begin at "
                    + FileSystems.getDefault().getPath("").toAbsolutePath(),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConfigurationException("'" + path + "' was not read: interrupted", e);
      }
    }
  }
}
