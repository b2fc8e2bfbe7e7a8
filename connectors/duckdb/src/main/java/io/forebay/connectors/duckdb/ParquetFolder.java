package io.forebay.connectors.duckdb;

import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files {@code part-000001.parquet}, {@code part-000002.parquet}, … A file appears
 * under its name when it is complete and durable.
 */
final class ParquetFolder {
  private static final Pattern PART = Pattern.compile("part-([0-9]{6,18})\\.parquet(\\.tmp)?");

  /** The names of all files that a sink has in its folder. */
  static final String NAMES = PART.pattern() + "|[.]forebay[.]duckdb([.]wal|[.]tmp)?";

  private static final Set<Path> CLAIMED = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private @Nullable Path claimed;

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

  /** Makes room for file {@code number}: what lies there is of a crash, or a link to elsewhere. */
  void clear(long number) throws IOException {
    Files.deleteIfExists(temporary(number));
  }

  /** Makes the file durable and gives it its name; by what it is known then. */
  ParquetParts.Part finish(long number) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary(number), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(true);
    }
    ParquetParts.Part part = ParquetParts.Part.of(temporary(number));
    Disk.REAL.replace(temporary(number), file(number));
    Disk.REAL.forceDirectory(folder);
    return part;
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
      Disk.REAL.forceDirectory(folder);
    }
  }

  /**
   * The Parquet files that cannot be of this sink, of which the first {@code complete} ones count.
   * A crash may have left the next one.
   */
  List<Path> foreign(long complete) throws IOException {
    return all().stream()
        .filter(path -> path.getFileName().toString().endsWith(".parquet"))
        .filter(path -> {
          Matcher matcher = PART.matcher(path.getFileName().toString());
          return !matcher.matches() || Long.parseLong(matcher.group(1)) > complete + 1;
        })
        .sorted()
        .toList();
  }

  /**
   * Only one sink of this process may write here, whatever the folder is called.
   *
   * @throws IOException if another one does
   */
  void claim() throws IOException {
    Path real = folder.toRealPath();
    if (!CLAIMED.add(real)) {
      throw new IOException(
          "'"
              + folder
              + "' is being written by another output of this process: name another"
              + " folder");
    }
    claimed = real;
  }

  /** Lets another sink write here. */
  void release() {
    if (claimed != null) {
      CLAIMED.remove(claimed);
      claimed = null;
    }
  }

  /** A link would have the database written elsewhere. */
  void refuseLinks() throws IOException {
    for (Path path :
        List.of(staging(), staging().resolveSibling(staging().getFileName() + ".wal"))) {
      if (Files.isSymbolicLink(path)) {
        throw new IOException(
            "'" + path + "' is a symbolic link, and a file belongs there: remove" + " it");
      }
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
