package io.forebay.config.internal.reading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file that is known to be small: a regular one, links followed, of at most so many bytes.
 * A pipe would be waited for, and a device may have no end.
 */
public final class SmallFile {
  private SmallFile() {}

  /** The file was not read; the message goes on behind its name: {@code is a folder}. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  /** The text of the file, in UTF-8. */
  public static String read(Path file, int mostBytes) throws RefusedException {
    check(file, mostBytes);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1); // files of /proc say that they are empty
      if (bytes.length > mostBytes) {
        throw tooLarge(mostBytes);
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedException("is not UTF-8 text");
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Only looks at the file; for one that something else reads. */
  public static void check(Path file, int mostBytes) throws RefusedException {
    try {
      if (Files.notExists(file)) {
        throw new RefusedException("does not exist");
      }
      if (Files.isDirectory(file)) {
        throw new RefusedException("is a folder, not a file");
      }
      if (!Files.isRegularFile(file)) {
        throw new RefusedException("is not a regular file, and only such a one is read");
      }
      if (!Files.isReadable(file)) {
        throw new RefusedException("cannot be read: permission denied");
      }
      if (Files.size(file) > mostBytes) {
        throw tooLarge(mostBytes);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static RefusedException tooLarge(int mostBytes) {
    String most = mostBytes >= 1 << 20 ? (mostBytes >> 20) + " MiB" : (mostBytes >> 10) + " KiB";
    return new RefusedException("has more than " + most);
  }

  private static RefusedException unreadable(IOException e) {
    return new RefusedException(
        "cannot be read: "
            + (e instanceof AccessDeniedException ? "permission denied" : e.getMessage()));
  }
}
