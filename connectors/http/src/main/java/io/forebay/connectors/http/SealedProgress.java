package io.forebay.connectors.http;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.formats.api.Seal;
import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Remembers progress in a file beside a store that cannot: replaced as a whole, so that after a
 * crash there is the old one or the new one. Properties, whose last line is their {@link Seal}; in
 * files of earlier versions, which are read too, there is none. Used by one thread.
 */
final class SealedProgress {
  private static final String VERSION = "2";
  private static final String TITLE = "Forebay's progress";
  private static final String PARTITION = "partition.";
  private static final String SEAL = "crc32c=";

  private final Path file;

  SealedProgress(Path file) {
    this.file = file.toAbsolutePath();
  }

  Optional<Progress> read() throws IOException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isRegularFile()) {
        throw new IOException("'" + file + "' is no file: name another one for the progress");
      }
      return Optional.of(parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "'"
              + file
              + "' is damaged or no file of progress, so it is not known what was written: put it"
              + " back, or remove it, then the same points are written again",
          e);
    }
  }

  private Progress parse(byte[] bytes) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    String version = properties.getProperty("version", "1");
    int sealed = bytes.length - SEAL.length() - Seal.DIGITS - 1;
    boolean whole = sealed >= 0 && text.endsWith(SEAL + Seal.of(bytes, 0, sealed) + "\n");
    String pipeline = properties.getProperty("pipeline");
    String complete = properties.getProperty("complete", "");
    boolean old =
        version.equals("1") && !properties.containsKey("crc32c") && !text.startsWith("#" + TITLE);
    if (pipeline == null || !(whole || old) || !complete.matches("true|false")) {
      throw new IllegalArgumentException("not a file of progress");
    }
    if (!old && !version.equals(VERSION)) {
      throw new IOException(
          "'"
              + file
              + "' was written by a newer version of Forebay: go on with that version, or"
              + " remove the file, then the same points are written again");
    }
    Map<String, Position> positions = new HashMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(PARTITION)) {
        String[] numbers = properties.getProperty(key).split(" ", 2);
        if (numbers.length < 2) {
          throw new IllegalArgumentException(key);
        }
        positions.put(
            key.substring(PARTITION.length()),
            new Position(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
      }
    }
    return new Progress(pipeline, new Frontier(positions), Boolean.parseBoolean(complete));
  }

  void write(Progress progress) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("version", VERSION);
    properties.setProperty("pipeline", progress.pipeline());
    properties.setProperty("complete", String.valueOf(progress.complete()));
    progress
        .frontier()
        .rows()
        .forEach((key, position) ->
            properties.setProperty(PARTITION + key, position.sequence() + " " + position.offset()));
    StringWriter text = new StringWriter();
    properties.store(text, TITLE);
    // Line ends that do not depend on the machine.
    String lines = text.toString().lines().collect(Collectors.joining("\n", "", "\n"));
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    // What lies there under that name is of a run that crashed, or a link to elsewhere.
    Files.deleteIfExists(next);
    Files.writeString(
        next,
        lines + SEAL + Seal.of(lines) + "\n",
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Disk.REAL.replace(next, file);
    if (folder != null) {
      Disk.REAL.forceDirectory(folder);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}
