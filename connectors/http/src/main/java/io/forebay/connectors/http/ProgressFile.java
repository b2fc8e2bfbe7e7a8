package io.forebay.connectors.http;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Remembers progress in a file beside a store that cannot: replaced as a whole, so that after a
 * crash there is the old one or the new one. Used by one thread.
 */
final class ProgressFile {
  private static final String PARTITION = "partition.";

  private final Path file;

  ProgressFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  Optional<Progress> read() throws IOException {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(Files.readString(file)));
      Map<String, Position> positions = new HashMap<>();
      for (String key : properties.stringPropertyNames()) {
        if (key.startsWith(PARTITION)) {
          String[] numbers = properties.getProperty(key).split(" ", -1);
          positions.put(
              key.substring(PARTITION.length()),
              new Position(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
        }
      }
      return Optional.of(
          new Progress(
              properties.getProperty("pipeline", ""),
              new Frontier(positions),
              Boolean.parseBoolean(properties.getProperty("complete"))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IOException("'" + file + "' is no file of progress: remove it", e);
    }
  }

  void write(Progress progress) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("pipeline", progress.pipeline());
    properties.setProperty("complete", String.valueOf(progress.complete()));
    progress
        .frontier()
        .positions()
        .forEach((key, position) ->
            properties.setProperty(PARTITION + key, position.sequence() + " " + position.offset()));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text.toString(), StandardCharsets.UTF_8);
    sync(next, StandardOpenOption.WRITE);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    if (folder != null) {
      sync(folder, StandardOpenOption.READ);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }
}
