package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.formats.Inference;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of a source come from: a file, which can be opened again and again, or a pipe or
 * the standard input, which is opened once.
 */
final class FileOrigin implements Closeable {
  private final @Nullable Path path;
  private final @Nullable InputStream standardInput;
  private final boolean repeatable;
  private final boolean follow;
  private final int baud;
  private @Nullable ByteInput opened;

  /**
   * @param follow whether a pipe or device is opened again when it has ended
   * @param baud the speed of a serial line; 0: as it is set
   */
  FileOrigin(String path, @Nullable InputStream standardInput, boolean follow, int baud) {
    this.follow = follow;
    this.baud = baud;
    this.path = path.equals("-") ? null : Path.of(path);
    this.standardInput = standardInput;
    this.repeatable = this.path != null && isFileOrNothing(this.path);
  }

  /** Looks once: a file that is being renamed may come into being between two looks. */
  private static boolean isFileOrNothing(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
    } catch (IOException e) {
      // Opening it says what is wrong.
      return true;
    }
  }

  /** Whether a file is followed, which may come later. */
  boolean isFollowedFile() {
    return follow && repeatable;
  }

  boolean isMissing() {
    return path != null && !Files.exists(path);
  }

  /** The file, if it is one. */
  List<Claim> claims() {
    return path == null ? List.of() : List.of(Claim.reads(path));
  }

  /** The file that is followed. */
  Path followed() {
    return Objects.requireNonNull(path);
  }

  boolean repeatable() {
    return repeatable;
  }

  /** Opens a file to see that it can be read. */
  void checkReadable() throws IOException {
    if (path != null && Files.isDirectory(path)) {
      throw new IOException("'" + path + "' is a directory: name a file");
    }
    if (repeatable) {
      open().close();
    }
  }

  /** The bytes from the first on. What cannot be repeated is kept open until {@link #close}. */
  ByteInput open() throws IOException {
    if (opened != null) {
      return opened;
    }
    if (repeatable) {
      return ByteInput.open(Objects.requireNonNull(path));
    }
    ByteInput input = path == null ? standardInput() : pipe(path);
    opened = input;
    return input;
  }

  private ByteInput standardInput() {
    InputStream given = standardInput;
    return ByteInput.of(
        new PipeInput(
            "standard input",
            () -> given != null ? given : new FileInputStream(FileDescriptor.in)));
  }

  private ByteInput pipe(Path path) throws IOException {
    String name = path.toString();
    PipeInput.Opener opener =
        () -> {
          FileInputStream opened = new FileInputStream(path.toFile());
          if (baud > 0) {
            // Set while it is open: some devices forget it when they are closed.
            try {
              SerialLine.set(path, baud);
            } catch (IOException e) {
              opened.close();
              throw e;
            }
          }
          return opened;
        };
    return ByteInput.of(
        path, follow ? new PipeInput(name, opener, Waiting.REAL) : new PipeInput(name, opener));
  }

  /**
   * The first whole lines, as many as an {@link Inference} looks at; the last line counts as whole
   * where nothing follows. Gives back what was read of something that cannot be repeated; closes a
   * file.
   */
  byte[] firstLines(ByteInput input) throws IOException, InterruptedException {
    byte[] sample = new byte[Inference.MOST_BYTES];
    int length = 0;
    int lines = 0;
    boolean whole = false;
    while (length < sample.length && lines <= Inference.MOST_LINES) {
      int read = input.read(sample, length, Math.min(sample.length - length, 64 << 10));
      if (read < 0) {
        whole = true;
        break;
      }
      for (int i = length; i < length + read; i++) {
        lines += sample[i] == '\n' ? 1 : 0;
      }
      length += read;
    }
    if (repeatable) {
      input.close();
    } else {
      input.readAgain(sample, length);
    }
    int end = length;
    while (!whole && end > 0 && sample[end - 1] != '\n') {
      end--;
    }
    return Arrays.copyOf(sample, end);
  }

  /** The short form of what the file system says. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no such file";
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException file -> "'" + file.getFile() + "' is a file, not a folder";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public void close() throws IOException {
    if (opened != null) {
      opened.close();
    }
  }
}
