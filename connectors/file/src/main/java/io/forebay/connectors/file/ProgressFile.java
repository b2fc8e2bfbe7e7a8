package io.forebay.connectors.file;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.api.Seal;
import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The progress of an output, in a small JSON file beside its data:
 *
 * <pre>{@code
 * {"version":2,"output":"features.jsonl","pipeline":"…","length":1234,"tail":"…","complete":false,
 *  "frontier":{"replay":{"sequence":17,"offset":1300}},"crc32c":"…"}
 * }</pre>
 *
 * {@code tail} is the {@link Seal} of the last bytes of the data, {@code crc32c} that of everything
 * before it: a file in which one bit has changed is refused. Version 1 had neither, nor the name of
 * the output; it is read, and replaced by this version.
 *
 * <p>It is replaced as a whole: written under another name, made durable, renamed, and the
 * directory made durable. A crash leaves the old or the new one.
 */
final class ProgressFile {
  private static final int VERSION = 2;
  private static final String SUFFIX = ".progress";
  private static final String SEAL = ",\"crc32c\":\"";
  private static final String END = "\"}\n";

  private final String output;
  private final Path path;
  private final Path temporary;

  private final Path directory;
  private final Disk disk;

  ProgressFile(Path data, Path directory, Disk disk) {
    this.directory = directory;
    this.disk = disk;
    output = String.valueOf(data.getFileName());
    path = path(data);
    temporary = data.resolveSibling(output + SUFFIX + ".tmp");
  }

  /** Where the progress of a file lies. */
  static Path path(Path data) {
    return data.resolveSibling(data.getFileName() + SUFFIX);
  }

  /**
   * What was committed.
   *
   * @param length how many bytes of the data file belong to it
   * @param tail the seal of the last of these bytes; empty where it was not kept
   */
  record Committed(Progress progress, long length, String tail) {}

  /** What was committed last; empty where nothing was. */
  Optional<Committed> read() throws IOException {
    byte[] bytes;
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw new IOException(
            "'"
                + path
                + "' is no file, and the progress of '"
                + output
                + "' belongs there: put it"
                + " back, or start over with --fresh");
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
      return Optional.of(parse(parser, bytes));
    } catch (JacksonException | IllegalStateException e) {
      throw new IOException(
          "'"
              + path
              + "' is damaged, so it is not known how much of '"
              + output
              + "' is complete: put it back as it was, or start over with --fresh",
          e);
    }
  }

  private Committed parse(JsonParser parser, byte[] bytes) throws IOException {
    String pipeline = null;
    String of = output;
    String tail = "";
    String seal = null;
    long length = -1;
    long version = -1;
    boolean complete = false;
    Map<String, Position> positions = null;
    require(parser.nextToken() == JsonToken.START_OBJECT);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "version" -> version = parser.getLongValue();
        case "output" -> of = parser.getString();
        case "pipeline" -> pipeline = parser.getString();
        case "length" -> length = parser.getLongValue();
        case "tail" -> tail = parser.getString();
        case "complete" -> complete = parser.getBooleanValue();
        case "frontier" -> positions = positions(parser);
        case "crc32c" -> seal = parser.getString();
        default -> parser.skipChildren();
      }
    }
    require(parser.nextToken() == null);
    require(version >= 1 && (version == 1) == (seal == null) && (seal == null || isWhole(bytes)));
    if (version > VERSION) {
      throw new IOException(
          "'"
              + path
              + "' was written by a newer version of Forebay: go on with that version, or"
              + " start over with --fresh");
    }
    if (!of.equals(output)) {
      throw new IOException(
          "'"
              + path
              + "' is the progress of '"
              + of
              + "', not of '"
              + output
              + "': put back the"
              + " right one, or start over with --fresh");
    }
    if (pipeline == null || length < 0 || positions == null) {
      throw new IllegalStateException("not a progress file");
    }
    return new Committed(new Progress(pipeline, new Frontier(positions), complete), length, tail);
  }

  /** Whether everything before the seal is what was sealed, and nothing else is there. */
  private static boolean isWhole(byte[] bytes) {
    int sealed = bytes.length - SEAL.length() - Seal.DIGITS - END.length();
    if (sealed < 0) {
      return false;
    }
    byte[] end = (SEAL + Seal.of(bytes, 0, sealed) + END).getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(bytes, sealed, bytes.length, end, 0, end.length);
  }

  private static Map<String, Position> positions(JsonParser parser) {
    Map<String, Position> positions = new HashMap<>();
    require(parser.currentToken() == JsonToken.START_OBJECT);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String partition = parser.currentName();
      long sequence = -1;
      long offset = -1;
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "sequence" -> sequence = parser.getLongValue();
          case "offset" -> offset = parser.getLongValue();
          default -> parser.skipChildren();
        }
      }
      require(sequence >= 0 && offset >= 0);
      positions.put(partition, new Position(sequence, offset));
    }
    return positions;
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalStateException("not a progress file");
    }
  }

  /**
   * Replaces what was committed.
   *
   * @param durable whether it has to survive a power cut when the call returns; otherwise it
   *     survives the end of the process, and a power cut leaves this one or one before
   */
  void write(Committed committed, boolean durable) throws IOException {
    Bytes text = new Bytes(256);
    Progress progress = committed.progress();
    text.putAscii("{\"version\":" + VERSION + ",\"output\":");
    JsonText.put(text, output);
    text.putAscii(",\"pipeline\":");
    JsonText.put(text, progress.pipeline());
    text.putAscii(",\"length\":" + committed.length());
    text.putAscii(",\"tail\":\"" + committed.tail() + "\"");
    text.putAscii(",\"complete\":" + progress.complete() + ",\"frontier\":{");
    boolean first = true;
    for (Map.Entry<String, Position> entry : progress.frontier().rows().entrySet()) {
      if (!first) {
        text.put(',');
      }
      first = false;
      JsonText.put(text, entry.getKey());
      Position position = entry.getValue();
      text.putAscii(":{\"sequence\":" + position.sequence());
      text.putAscii(",\"offset\":" + position.offset() + "}");
    }
    text.put('}');
    text.putAscii(SEAL + Seal.of(text.array(), 0, text.length()) + END);
    // What lies there under that name is of a run that crashed, or a link to elsewhere.
    disk.delete(temporary);
    try (FileChannel channel =
        disk.open(temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.array(), 0, text.length());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      // Always: a name that points to bytes which are not there yet would be a damaged progress.
      channel.force(true);
    }
    disk.replace(temporary, path);
    if (durable) {
      disk.forceDirectory(directory);
    }
  }
}
