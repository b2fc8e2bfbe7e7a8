package io.forebay.engine.internal.windows;

import io.forebay.Schema;
import io.forebay.internal.files.Disk;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the state of windows: {@code epoch-N}, written as {@code epoch.tmp} and renamed when
 * it is durable; {@code epoch-N.settled} once every output has the epoch. The one with the greatest
 * number counts; those before it are removed as soon as it is durable, because no output goes back
 * behind it.
 */
public final class StateFolder {
  private static final Pattern NAME = Pattern.compile("epoch-(\\d{1,18})(\\.settled)?");
  private static final String TEMPORARY = "epoch.tmp";

  private final Path folder;
  private final Disk disk;
  private @Nullable EpochWriter writer;

  private record Found(long number, boolean settled, Path path) {}

  public StateFolder(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** Its path. */
  Path path() {
    return folder;
  }

  /** What the last run has left, if it has left anything. */
  Optional<EpochReader.Content> read(Schema rows, Optional<Schema> late) throws IOException {
    Optional<Found> last = found().stream().max(Comparator.comparingLong(Found::number));
    return last.isEmpty()
        ? Optional.empty()
        : Optional.of(EpochReader.read(last.get().path, last.get().settled, rows, late));
  }

  private List<Found> found() throws IOException {
    List<Found> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (name.matches()) {
          all.add(new Found(Long.parseLong(name.group(1)), name.group(2) != null, file));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (NotDirectoryException e) {
      throw new IOException("'" + folder + "' is no folder", e);
    }
    return all;
  }

  /** Removes everything: the run starts over. */
  void clear() throws IOException {
    List<Found> all = found();
    for (Found each : all) {
      disk.delete(each.path);
    }
    if (!all.isEmpty()) {
      disk.forceDirectory(folder);
    }
  }

  /** Begins a file, in place of one that was begun and not committed. */
  EpochWriter begin(EpochWriter.Of of) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    if (!Files.exists(folder)) {
      Files.createDirectories(folder);
      Path parent = folder.toAbsolutePath().getParent();
      if (parent != null) {
        disk.forceDirectory(parent);
      }
    }
    disk.delete(folder.resolve(TEMPORARY));
    writer = new EpochWriter(disk, folder.resolve(TEMPORARY), of, owner);
    return writer;
  }

  /** The file that was begun, which is finished, is the epoch's from now on, whatever happens. */
  void publish(long number) throws IOException {
    List<Found> before = found();
    disk.replace(folder.resolve(TEMPORARY), name(number));
    disk.forceDirectory(folder);
    writer = null;
    for (Found each : before) {
      disk.delete(each.path);
    }
  }

  /**
   * Every output has the epoch. If the name is lost in a crash, rows are given that are not taken.
   */
  void settle(long number) throws IOException {
    disk.replace(name(number), folder.resolve("epoch-" + number + ".settled"));
  }

  private Path name(long number) {
    return folder.resolve("epoch-" + number);
  }

  /** Leaves what was begun. */
  void close() {
    if (writer != null) {
      writer.abandon();
    }
  }
}
