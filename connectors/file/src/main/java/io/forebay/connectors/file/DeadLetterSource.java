package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.ConfigurationException;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.formats.FormatLimits;
import io.forebay.formats.MessageDecoder;
import io.forebay.formats.MessageFormat;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.MessageRecords;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the dead letters of one source again, from a file that {@link JsonlDeadLetters} wrote: a
 * record as it came to the stage that rejected it, without the columns that stages write; a text
 * that could not be read, in the format of its source. A letter that is still no record of these
 * fields is rejected again. Sequences are line numbers in that file.
 */
public final class DeadLetterSource implements Source {
  private static final int MOST_LINE_BYTES = 16 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final From from;
  private final Schema fields;
  private final Texts texts;

  /** How texts are read that could not be read. */
  public interface Texts {
    /**
     * Makes a decoder.
     *
     * @param text the text, for sources whose records come in several formats
     * @param whole whether it is known to be the whole record
     * @param replacedColumns see {@link SourceContext#replacedColumns}
     */
    MessageDecoder decoder(byte[] text, boolean whole, Schema fields, Set<String> replacedColumns);
  }

  /**
   * @param from whose dead letters are read; those of others are passed over
   * @param fields what its records look like
   * @param texts how its records are written
   */
  public DeadLetterSource(Path file, From from, Schema fields, Texts texts) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException("there is no file of dead letters '" + file + "'");
    }
    this.file = file;
    this.from = from;
    this.fields = fields;
    this.texts = texts;
  }

  /**
   * Where dead letters come from.
   *
   * @param source the name of the source
   * @param sink the sink whose store refused them; empty where they are for all sinks
   */
  public record From(String source, String sink) implements Comparable<From> {
    private static final Comparator<From> ORDER =
        Comparator.comparing(From::source).thenComparing(From::sink);

    @Override
    public int compareTo(From other) {
      return ORDER.compare(this, other);
    }
  }

  /** What a file of dead letters says of itself in its lines. */
  public record Summary(String fingerprint, Set<From> origins, Optional<String> pipelineFile) {}

  /**
   * Reads the file through.
   *
   * @throws ConfigurationException if there is no such file
   */
  public static Summary summary(Path file) {
    Set<From> origins = new TreeSet<>();
    Optional<String> pipeline = Optional.empty();
    String fingerprint = "";
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (readLine(in, line) > 0) {
        byte[] bytes = line.toByteArray();
        if (fingerprint.isEmpty()) {
          fingerprint = fingerprint(bytes);
        }
        Letter letter = parse(bytes);
        if (letter != null) {
          origins.add(letter.from);
          pipeline = pipeline.or(() -> Optional.ofNullable(letter.pipelineFile));
        }
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          "the dead letters '" + file + "' cannot be read: " + FileOrigin.reason(e), e);
    }
    return new Summary(fingerprint, origins, pipeline);
  }

  /** A short name for a text. */
  public static String fingerprint(String text) {
    return fingerprint(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String fingerprint(byte[] line) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(line);
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * One dead letter.
   *
   * @param content the JSON of a record or a text
   * @param cutBytes how much of the text is missing; {@link #UNKNOWN} in old files
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Letter(
      From from, byte[] content, boolean isText, long cutBytes, @Nullable String pipelineFile) {
    static final long UNKNOWN = -1;
  }

  private static @Nullable Letter parse(byte[] line) {
    String source = null;
    String sink = "";
    String pipeline = null;
    byte[] content = null;
    boolean isText = false;
    long cutBytes = Letter.UNKNOWN;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "source" -> source = parser.getString();
          case "sink" -> sink = parser.getString();
          case "pipeline" -> pipeline = parser.getString();
          case "text" -> {
            content = parser.getString().getBytes(StandardCharsets.UTF_8);
            isText = true;
          }
          case "cutBytes" -> cutBytes = parser.getLongValue();
          case "record" -> {
            int begin = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            int end = (int) parser.currentLocation().getByteOffset();
            isText = false;
            content = Arrays.copyOfRange(line, begin, end);
          }
          default -> parser.skipChildren();
        }
      }
    } catch (JacksonException | IllegalArgumentException | IllegalStateException e) {
      return null;
    }
    return source == null || content == null
        ? null
        : new Letter(new From(source, sink), content, isText, cutBytes, pipeline);
  }

  /** Reads a line without its end; how many bytes it took, 0 at the end of the file. */
  private static int readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
    line.reset();
    int taken = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      taken++;
      if (next == '\n') {
        return taken;
      }
      if (line.size() < MOST_LINE_BYTES) {
        line.write(next);
      }
    }
    return taken;
  }

  @Override
  public Schema schema() {
    return fields;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  @Override
  public List<Claim> claims() {
    return List.of(Claim.reads(file));
  }

  @Override
  public void run(SourceContext context) throws Exception {
    RecordWriter writer = context.partition("");
    Position start = context.resumeFrom("");
    MessageDecoder records =
        MessageFormats.decoder(
            MessageFormat.JSON, fields, FormatLimits.DEFAULT, context.replacedColumns());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(start.offset());
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long number = start.sequence();
      long offset = start.offset();
      for (int taken = readLine(in, line); taken > 0; taken = readLine(in, line)) {
        number++;
        offset += taken;
        Letter letter = parse(line.toByteArray());
        if (letter == null) {
          if (from.source.isEmpty()) {
            writer.reject(number, offset, "the line is no dead letter", all(line.toByteArray()));
          }
        } else if (letter.from.equals(from)) {
          byte[] content = letter.content;
          if (letter.isText && letter.cutBytes > 0) {
            writer.reject(number, offset, cut(letter), all(content).followedBy(letter.cutBytes));
            continue;
          }
          MessageDecoder decoder =
              letter.isText
                  ? texts.decoder(content, letter.cutBytes == 0, fields, context.replacedColumns())
                  : records;
          hand(content, decoder, writer, number, offset);
        }
      }
    }
  }

  private static Rejection.Text all(byte[] bytes) {
    return Rejection.Text.of(bytes, 0, bytes.length);
  }

  private static String cut(Letter letter) {
    return "the dead letter has only the first "
        + letter.content.length
        + " bytes of the record, "
        + letter.cutBytes
        + " more were cut off: give it the whole text and cutBytes 0, or its record";
  }

  /** One letter is one record: what else its text holds is rejected with it. */
  private static void hand(
      byte[] content, MessageDecoder decoder, RecordWriter writer, long sequence, long offset)
      throws InterruptedException {
    One one = new One(writer, sequence, offset);
    decoder.decode(content, 0, content.length, one);
    if (!one.done) {
      writer.reject(sequence, offset, "the dead letter holds no record", all(content));
    }
  }

  private static final class One implements MessageRecords {
    private final RecordWriter writer;
    private final long sequence;
    private final long offset;
    private boolean done;

    One(RecordWriter writer, long sequence, long offset) {
      this.writer = writer;
      this.sequence = sequence;
      this.offset = offset;
    }

    @Override
    public RecordWriter writer() {
      return writer;
    }

    @Override
    public void record() throws InterruptedException {
      if (done) {
        writer.clear();
        return;
      }
      done = true;
      writer.append(sequence, offset);
    }

    @Override
    public void bad(String reason, Rejection.Text text) throws InterruptedException {
      if (!done) {
        done = true;
        writer.reject(sequence, offset, reason, text);
      }
    }
  }
}
