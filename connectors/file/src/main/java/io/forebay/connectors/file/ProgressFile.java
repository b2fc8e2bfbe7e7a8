package io.forebay.connectors.file;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.formats.Bytes;
import io.forebay.formats.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
 * {"version":1,"pipeline":"…","length":1234,"complete":false,
 *  "frontier":{"replay":{"sequence":17,"offset":1300}}}
 * }</pre>
 *
 * It is replaced as a whole: written under another name, made durable, renamed, and the directory
 * made durable. A crash leaves the old or the new one.
 */
final class ProgressFile {
  private static final int VERSION = 1;
  private static final String SUFFIX = ".progress";

  private final Path path;
  private final Path temporary;

  private final Path directory;
  private final Disk disk;

  ProgressFile(Path data, Path directory, Disk disk) {
    this.directory = directory;
    this.disk = disk;
    path = data.resolveSibling(data.getFileName() + SUFFIX);
    temporary = data.resolveSibling(data.getFileName() + SUFFIX + ".tmp");
  }

  /**
   * What was committed.
   *
   * @param length how many bytes of the data file belong to it
   */
  record Committed(Progress progress, long length) {}

  /** What was committed last; empty where nothing was. */
  Optional<Committed> read() throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
      return Optional.of(parse(parser));
    } catch (JacksonException | IllegalStateException e) {
      throw new IOException(
          "'"
              + path
              + "' is damaged, so it is not known how much of '"
              + path.getFileName().toString().replace(SUFFIX, "")
              + "' is complete: start over with --fresh",
          e);
    }
  }

  private static Committed parse(JsonParser parser) {
    String pipeline = null;
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
        case "pipeline" -> pipeline = parser.getString();
        case "length" -> length = parser.getLongValue();
        case "complete" -> complete = parser.getBooleanValue();
        case "frontier" -> positions = positions(parser);
        default -> parser.skipChildren();
      }
    }
    require(parser.nextToken() == null);
    if (version != VERSION || pipeline == null || length < 0 || positions == null) {
      throw new IllegalStateException("not a progress file of this version");
    }
    return new Committed(new Progress(pipeline, new Frontier(positions), complete), length);
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
    text.putAscii("{\"version\":" + VERSION + ",\"pipeline\":");
    JsonText.put(text, progress.pipeline());
    text.putAscii(",\"length\":" + committed.length());
    text.putAscii(",\"complete\":" + progress.complete() + ",\"frontier\":{");
    boolean first = true;
    for (Map.Entry<String, Position> entry : progress.frontier().positions().entrySet()) {
      if (!first) {
        text.put(',');
      }
      first = false;
      JsonText.put(text, entry.getKey());
      Position position = entry.getValue();
      text.putAscii(":{\"sequence\":" + position.sequence());
      text.putAscii(",\"offset\":" + position.offset() + "}");
    }
    text.putAscii("}}\n");
    try (FileChannel channel =
        disk.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING))) {
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
