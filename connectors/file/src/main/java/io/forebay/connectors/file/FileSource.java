package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.Numbering;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.errors.ConfigurationException;
import io.forebay.formats.Inference;
import io.forebay.formats.RecordReader;
import io.forebay.formats.api.CsvHeaderRow;
import io.forebay.formats.api.CsvText;
import io.forebay.formats.api.FormatLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of JSON Lines or CSV from its beginning to its end, or on and on: plain, {@code .gz}
 * or {@code .zst}, or the standard input ({@code -}).
 *
 * <p>A record's {@link Position} is its line number and the byte offset, in the decompressed
 * stream, of the line behind it, together with what the file is known by: a run that goes on in
 * another file is refused. A line that is not a record of the schema goes to dead letter with the
 * reason; only a file that cannot be read or decompressed fails the pipeline.
 */
public final class FileSource implements Source {
  private final FileOrigin origin;
  private final FileFormat format;
  private final FormatLimits limits;
  private final char separator;
  private final CsvHeaderRow header;
  private final Schema schema;
  private final @Nullable String inferredFields;
  private final @Nullable ReplaySpeed replay;
  private final Waiting waiting;

  private FileSource(Builder builder) throws IOException, InterruptedException {
    check(builder);
    origin = new FileOrigin(builder.path, builder.standardInput, builder.follow, builder.baud);
    replay = builder.replay;
    waiting = builder.waiting;
    format =
        builder.format != null
            ? builder.format
            : FileFormat.ofPath(builder.path).orElse(FileFormat.JSONL);
    limits = builder.limits;
    separator =
        builder.separator == null ? FileFormat.separatorOf(builder.path) : builder.separator;
    header = builder.header;
    Schema fields = builder.fields;
    if (fields != null && (format == FileFormat.JSONL || header == CsvHeaderRow.ABSENT)) {
      schema = fields;
      inferredFields = null;
      if (!origin.isFollowedFile()) {
        origin.checkReadable();
      }
    } else if (format == FileFormat.CSV
        && fields != null
        && (origin.isMissing() || (builder.onlyChecked && !origin.repeatable()))) {
      // Followed, or not to be read now: its header is compared when it comes.
      schema = fields;
      inferredFields = null;
    } else {
      if (builder.onlyChecked && !origin.repeatable()) {
        throw new ConfigurationException(
            "'"
                + builder.path
                + "' can be read only once, and its fields are not known before: declare them under"
                + " fields, or let the run infer them");
      }
      Inference inference = infer(fields);
      schema = inference.schema();
      if (fields == null && format == FileFormat.CSV) {
        checkSeparator(builder.path, schema);
      }
      inferredFields = fields == null ? inference.line() : null;
    }
    if (replay != null) {
      PacedWriter.column(schema);
    }
  }

  /** One column whose name holds what separates columns elsewhere: they are not separated. */
  private void checkSeparator(String path, Schema found) {
    if (found.fields().size() != 1) {
      return;
    }
    String only = found.fields().getFirst().name();
    for (char other : new char[] {';', '\t', ','}) {
      if (other != separator && only.indexOf(other) >= 0) {
        String shown = other == '\t' ? "\\t" : String.valueOf(other);
        throw new ConfigurationException(
            "'"
                + path
                + "' has one column only, '"
                + only.replace("\t", "\\t")
                + "', which seem to be several: write separator: \""
                + shown
                + "\", or declare its fields");
      }
    }
  }

  private static void check(Builder builder) {
    Compression compression = Compression.of(builder.path);
    if (builder.follow && compression != Compression.NONE) {
      throw new ConfigurationException(
          "'"
              + builder.path
              + "' is compressed, so it cannot be followed: name the file that is"
              + " written, or leave out follow");
    }
    if (builder.header == CsvHeaderRow.ABSENT && builder.fields == null) {
      throw new ConfigurationException(
          "nothing names the columns of '"
              + builder.path
              + "': declare its fields, or leave out header: absent");
    }
    if (builder.follow && builder.path.equals("-")) {
      throw new ConfigurationException(
          "the standard input cannot be followed: leave out follow, it is read until it is closed");
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
  public Numbering numbering() {
    return Numbering.LINE;
  }

  @Override
  public boolean repeatable() {
    return origin.repeatable();
  }

  @Override
  public List<Claim> claims() {
    return origin.claims();
  }

  /** Whether lines may have members that no field declares: in JSON Lines, not in CSV. */
  @Override
  public boolean carriesExtras() {
    return format == FileFormat.JSONL;
  }

  /**
   * Looks whether the file is still the one that was read, where that takes no reading up to there:
   * of a compressed file {@link #run} finds out.
   */
  @Override
  public void prepare(Function<String, Position> resumeFrom) throws IOException {
    Position resume = resumeFrom.apply("");
    if (resume.offset() > 0 && origin.repeatable() && !origin.isFollowedFile()) {
      try (ByteInput input = origin.open()) {
        input.check(FileMark.of(resume.offset()));
      }
    }
  }

  @Override
  public void run(SourceContext context) throws IOException, InterruptedException {
    RecordWriter partition = context.partition("");
    RecordWriter out =
        replay == null ? partition : new PacedWriter(partition, schema, replay, waiting);
    Position resume = context.resumeFrom("");
    RecordReader reader = reader(context.replacedColumns());
    if (origin.isFollowedFile()) {
      new Tail(origin.followed(), waiting).run(reader, resume, out);
      return;
    }
    try (ByteInput input = origin.open()) {
      if (resume.offset() == 0) {
        reader.read(input.name(), input, 0, out);
        return;
      }
      // A CSV record may have several lines, so its number does not say how many there are before.
      FileMark mark = FileMark.of(resume.offset());
      long lines = input.skip(mark, format == FileFormat.CSV);
      reader.readOn(input, mark.place(), lines < 0 ? resume.sequence() : lines, out);
    }
  }

  private RecordReader reader(Set<String> replaced) {
    return format == FileFormat.CSV
        ? RecordReader.csv(schema, separator, limits, header != CsvHeaderRow.ABSENT)
        : RecordReader.jsonLines(schema, limits, replaced);
  }

  private Inference infer(@Nullable Schema declared) throws IOException, InterruptedException {
    ByteInput input = origin.open();
    byte[] sample = origin.firstLines(input);
    return format == FileFormat.JSONL
        ? Inference.ofJsonLines(input.name(), sample, limits)
        : Inference.ofCsv(input.name(), sample, declared, separator, header, limits);
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
    private @Nullable Character separator;
    private CsvHeaderRow header = CsvHeaderRow.AUTO;
    private FormatLimits limits = FormatLimits.DEFAULT;
    private @Nullable InputStream standardInput;
    private boolean follow;
    private boolean onlyChecked;
    private int baud;
    private @Nullable ReplaySpeed replay;
    private Waiting waiting = Waiting.REAL;

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

    /**
     * Reads nothing of a pipe or the standard input, because the source is not going to run: what
     * is taken from there is gone, and it may have to be waited for.
     */
    public Builder onlyChecked() {
      onlyChecked = true;
      return this;
    }

    /**
     * Whether the first row of a CSV file has the names of its columns; by default it has. {@link
     * CsvHeaderRow#ABSENT} needs {@link #fields}, which are the columns in their order then.
     */
    public Builder header(CsvHeaderRow row) {
      this.header = row;
      return this;
    }

    /** What the source accepts. */
    public Builder limits(FormatLimits limits) {
      this.limits = limits;
      return this;
    }

    /**
     * Goes on at the end of the file with what is appended to it, and with the files that take its
     * name when it is renamed (log rotation); the file may come later. A pipe or device is opened
     * again when its other side closes it. The source does not end by itself then.
     */
    public Builder follow() {
      follow = true;
      return this;
    }

    /** Sets a serial line to this speed when it is opened; by default it is left as it is set. */
    public Builder baud(int baud) {
      if (baud < 1) {
        throw new ConfigurationException(
            "a serial line of " + baud + " baud is not possible: use a speed such as 115200");
      }
      this.baud = baud;
      return this;
    }

    /**
     * Hands records in as far apart as their times are, at a speed: those of the first timestamp
     * field. By default they are handed in as fast as they are accepted.
     */
    public Builder replay(ReplaySpeed speed) {
      this.replay = speed;
      return this;
    }

    Builder waiting(Waiting waiting) {
      this.waiting = waiting;
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
