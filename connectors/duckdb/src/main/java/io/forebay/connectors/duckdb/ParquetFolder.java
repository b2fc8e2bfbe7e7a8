package io.forebay.connectors.duckdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of files {@code part-000001.parquet}, {@code part-000002.parquet}, … A file appears
 * under its name when it is complete and durable.
 */
final class ParquetFolder {
  private static final Pattern PART = Pattern.compile("part-([0-9]{6,18})\\.parquet(\\.tmp)?");

  private final Path folder;

  ParquetFolder(Path folder) {
    this.folder = folder;
  }

  Path file(long number) {
    return folder.resolve("part-%06d.parquet".formatted(number));
  }

  /** Where file {@code number} is written before it is complete. */
  Path temporary(long number) {
    return folder.resolve(file(number).getFileName() + ".tmp");
  }

  /** The database with the rows that are in no file yet, and the progress. */
  Path staging() {
    return folder.resolve(".forebay.duckdb");
  }

  /** Makes the file durable and gives it its name. */
  void finish(long number) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary(number), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(
        temporary(number),
        file(number),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceFolder();
  }

  private void forceFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (FileSystemException e) {
      // Windows cannot open directories; there, renames are durable in their own way.
      if (!System.getProperty("os.name", "").startsWith("Windows")) {
        throw e;
      }
    }
  }

  /** Removes files behind the first {@code complete} ones, and unfinished ones. */
  void removeBehind(long complete) throws IOException {
    boolean removed = false;
    for (Path path : all()) {
      Matcher matcher = PART.matcher(path.getFileName().toString());
      if (matcher.matches()
          && (matcher.group(2) != null || Long.parseLong(matcher.group(1)) > complete)) {
        Files.delete(path);
        removed = true;
      }
    }
    if (removed) {
      forceFolder();
    }
  }

  boolean hasFiles() throws IOException {
    return all().stream().anyMatch(path -> PART.matcher(path.getFileName().toString()).matches());
  }

  private List<Path> all() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }
}
