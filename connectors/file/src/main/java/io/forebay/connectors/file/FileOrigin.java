package io.forebay.connectors.file;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
  private @Nullable ByteInput opened;

  FileOrigin(String path, @Nullable InputStream standardInput) {
    this.path = path.equals("-") ? null : Path.of(path);
    this.standardInput = standardInput;
    this.repeatable =
        this.path != null && (Files.isRegularFile(this.path) || !Files.exists(this.path));
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

  private static ByteInput pipe(Path path) throws IOException {
    return ByteInput.of(
        path, new PipeInput(path.toString(), () -> new FileInputStream(path.toFile())));
  }

  /** Gives back what was read of something that cannot be repeated; closes a file. */
  void rewind(ByteInput input, byte[] bytes, int length) throws IOException {
    if (repeatable) {
      input.close();
    } else {
      input.readAgain(bytes, length);
    }
  }

  /** The short form of what the file system says. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no such file";
      case AccessDeniedException denied -> "permission denied";
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
