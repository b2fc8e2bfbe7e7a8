package io.forebay.connectors.file;

import io.forebay.errors.ConfigurationException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** A file that {@link JsonlDeadLetters} wrote, and that somebody may have edited since. */
public final class DeadLetterFile {
  private static final int MOST_LINE_BYTES = 16 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private DeadLetterFile() {}

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

  /** The letters of one pipeline file: what made them, where they come from, how many they are. */
  private static final class Group {
    private final Set<String> identities = new LinkedHashSet<>();
    private final Set<From> origins = new TreeSet<>();
    private long count;
  }

  /** What a file of dead letters says of itself in its lines. */
  public static final class Contents {
    private final String fingerprint;
    private final Map<String, Group> byPipeline;
    private final OptionalLong cutLine;

    private Contents(String fingerprint, Map<String, Group> byPipeline, OptionalLong cutLine) {
      this.fingerprint = fingerprint;
      this.byPipeline = byPipeline;
      this.cutLine = cutLine;
    }

    /** Known by its first line: a file that has grown is the same. */
    public String fingerprint() {
      return fingerprint;
    }

    /** Whether it holds no letter. */
    public boolean isEmpty() {
      return byPipeline.isEmpty();
    }

    /** The pipeline files that the letters name; an empty name where they name none. */
    public Set<String> pipelineFiles() {
      return byPipeline.keySet();
    }

    /** The identities of the pipelines that letters of these pipeline files were made by. */
    public Set<String> identities(Set<String> files) {
      return of(files, group -> group.identities);
    }

    /** Where the letters of these pipeline files come from. */
    public Set<From> origins(Set<String> files) {
      return new TreeSet<>(of(files, group -> group.origins));
    }

    /** How many letters name one of these pipeline files. */
    public long count(Set<String> files) {
      return byPipeline.entrySet().stream()
          .filter(each -> files.contains(each.getKey()))
          .mapToLong(each -> each.getValue().count)
          .sum();
    }

    /**
     * The number of its last line, if that one is not whole: it is still being written, or was cut.
     */
    public OptionalLong cutLine() {
      return cutLine;
    }

    private <T> Set<T> of(Set<String> files, java.util.function.Function<Group, Set<T>> property) {
      return byPipeline.entrySet().stream()
          .filter(each -> files.contains(each.getKey()))
          .flatMap(each -> property.apply(each.getValue()).stream())
          .collect(Collectors.toSet());
    }
  }

  /**
   * Reads the file through. One without lines is a file of dead letters, too.
   *
   * @throws ConfigurationException if there is no such file, or something else is in it
   */
  public static Contents read(Path file) {
    requireRegular(file);
    Map<String, Group> byPipeline = new TreeMap<>();
    OptionalLong cutLine = OptionalLong.empty();
    String fingerprint = "";
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      Line line = new Line();
      for (long number = 1; line.read(in); number++) {
        if (line.isBlank()) {
          continue;
        }
        byte[] bytes = line.bytes();
        if (fingerprint.isEmpty()) {
          fingerprint = fingerprint(bytes);
        }
        DeadLetter deadLetter = parse(bytes);
        if (deadLetter != null) {
          Group group = byPipeline.computeIfAbsent(deadLetter.pipelineFile, name -> new Group());
          group.identities.add(deadLetter.identity);
          group.origins.add(deadLetter.from);
          group.count++;
        } else if (line.ended || byPipeline.isEmpty()) {
          throw noLetter(file, number, line);
        } else {
          cutLine = OptionalLong.of(number);
        }
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          "the dead letters '" + file + "' cannot be read: " + FileOrigin.reason(e), e);
    }
    return new Contents(fingerprint, byPipeline, cutLine);
  }

  /** A pipe would be waited for, and of a device there may be no end. */
  static void requireRegular(Path file) {
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(
          "'" + file + "' is a folder, not a file of dead letters: name the file in it");
    }
    if (!Files.exists(file)) {
      throw new ConfigurationException("there is no file of dead letters '" + file + "'");
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "'" + file + "' is not a regular file, and dead letters are read from such a one only");
    }
  }

  private static ConfigurationException noLetter(Path file, long number, Line line) {
    String what =
        line.tooLong
            ? " is longer than 16 MiB, and is not read as a dead letter"
            : " is no dead letter, which is a JSON object with source, reason, and record or text";
    return new ConfigurationException(
        "line "
            + number
            + " of '"
            + file
            + "'"
            + what
            + ": nothing was sent; name a file of dead letters, or mend that line or take it out");
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
   * @param pipelineFile the pipeline file that it names; empty if none
   * @param identity the pipeline that made it; empty if it does not say so
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record DeadLetter(
      From from,
      byte[] content,
      boolean isText,
      long cutBytes,
      String pipelineFile,
      String identity) {
    static final long UNKNOWN = -1;
  }

  /** The letter that is this line, or null if it is none. */
  static @Nullable DeadLetter parse(byte[] line) {
    String source = null;
    String reason = null;
    String sink = "";
    String pipeline = "";
    String identity = "";
    byte[] content = null;
    boolean isText = false;
    long cutBytes = DeadLetter.UNKNOWN;
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "source" -> source = parser.getString();
          case "reason" -> reason = parser.getString();
          case "sink" -> sink = parser.getString();
          case "pipeline" -> pipeline = parser.getString();
          case "identity" -> identity = parser.getString();
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
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        return null;
      }
    } catch (JacksonException | IllegalArgumentException | IllegalStateException e) {
      return null;
    }
    return source == null || reason == null || content == null
        ? null
        : new DeadLetter(new From(source, sink), content, isText, cutBytes, pipeline, identity);
  }

  /** One line after the other. */
  static final class Line {
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean first = true;
    private boolean ended;
    private boolean tooLong;
    private long taken;

    /** Reads a line without its end; false at the end of the file. */
    boolean read(InputStream in) throws IOException {
      bytes.reset();
      ended = false;
      tooLong = false;
      taken = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        taken++;
        if (next == '\n') {
          ended = true;
          break;
        }
        if (bytes.size() < MOST_LINE_BYTES) {
          bytes.write(next);
        } else {
          tooLong = true;
        }
      }
      return taken > 0;
    }

    /** The line, without the mark that editors put before the first one. */
    byte[] bytes() {
      byte[] line = bytes.toByteArray();
      boolean marked = first && Arrays.equals(BOM, Arrays.copyOf(line, BOM.length));
      first = false;
      return marked ? Arrays.copyOfRange(line, BOM.length, line.length) : line;
    }

    boolean isBlank() {
      return bytes.size() < 1 << 10 && bytes.toString(StandardCharsets.UTF_8).isBlank();
    }

    /** How many bytes of the file it was, with its end. */
    long taken() {
      return taken;
    }
  }
}
