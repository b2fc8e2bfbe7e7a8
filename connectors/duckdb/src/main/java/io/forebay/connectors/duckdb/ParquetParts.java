package io.forebay.connectors.duckdb;

import io.forebay.connectors.duckdb.capi.Database;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the complete files of a {@link ParquetSink} are known by, in the table {@code forebay_parts}
 * of its staging database, a row a file: how long it is, and the CRC32C of its last bytes, where
 * Parquet has its footer. Written in the transaction that makes the file count. Used by one thread.
 */
final class ParquetParts {
  private static final int FOOTER_BYTES = 16 << 10;
  private static final String MAGIC = "PAR1";

  private final Database database;
  private final ParquetFolder folder;

  /**
   * What a file is known by.
   *
   * @param footer the CRC32C of the last bytes, in hexadecimal digits
   */
  record Part(long bytes, String footer) {
    /** Looks at a file. */
    static Part of(Path path) throws IOException {
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        long size = channel.size();
        ByteBuffer last = ByteBuffer.allocate((int) Math.min(size, FOOTER_BYTES));
        while (last.hasRemaining()
            && channel.read(last, size - last.capacity() + last.position()) >= 0) {
          // Up to the end.
        }
        CRC32C crc = new CRC32C();
        crc.update(last.flip());
        return new Part(size, HexFormat.of().toHexDigits((int) crc.getValue()));
      }
    }
  }

  ParquetParts(Database database, ParquetFolder folder) {
    this.database = database;
    this.folder = folder;
  }

  /** There is none. */
  void begin() throws IOException {
    create();
    database.run("DELETE FROM forebay_parts");
  }

  private void create() throws IOException {
    database.run(
        "CREATE TABLE IF NOT EXISTS forebay_parts"
            + " (number BIGINT, bytes BIGINT, footer VARCHAR)");
  }

  /** One more is complete. */
  void add(long number, Part part) throws IOException {
    database.run(
        "INSERT INTO forebay_parts VALUES ("
            + number
            + ", "
            + part.bytes()
            + ", "
            + Database.text(part.footer())
            + ")");
  }

  /**
   * Compares the folder with what is known of its first {@code complete} files.
   *
   * @throws IOException with the name of a file that is not the one that was written
   */
  void check(long complete) throws IOException {
    create();
    TreeMap<Long, Part> known = new TreeMap<>();
    for (List<@Nullable String> row :
        database.query("SELECT number, bytes, footer FROM forebay_parts")) {
      known.put(
          Long.parseLong(String.valueOf(row.get(0))),
          new Part(Long.parseLong(String.valueOf(row.get(1))), String.valueOf(row.get(2))));
    }
    for (long number = 1; number <= complete; number++) {
      Path path = folder.file(number);
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw changed(path, "is gone");
      }
      Part now = Part.of(path);
      Part was = known.get(number);
      if (was == null) {
        // Of a version that did not keep it: from now on it is.
        checkEnds(path);
        add(number, now);
      } else if (now.bytes() != was.bytes()) {
        throw changed(path, "has " + now.bytes() + " bytes, and had " + was.bytes());
      } else if (!now.equals(was)) {
        throw changed(path, "has another end than the one that was written");
      }
    }
    for (Path foreign : folder.foreign(complete)) {
      throw new IOException(
          "'"
              + foreign
              + "' is not one of the "
              + complete
              + " files that were written into this folder: move it elsewhere and run again");
    }
  }

  private static void checkEnds(Path path) throws IOException {
    long size = Files.size(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer magic = ByteBuffer.allocate(MAGIC.length());
      while (magic.hasRemaining()
          && channel.read(magic, Math.max(0, size - MAGIC.length()) + magic.position()) >= 0) {
        // Up to the end.
      }
      if (!MAGIC.equals(new String(magic.array(), StandardCharsets.US_ASCII))) {
        throw changed(path, "is cut off");
      }
    }
  }

  private static IOException changed(Path path, String how) {
    return new IOException(
        "'"
            + path
            + "' "
            + how
            + ", so rows that were delivered are missing: put the file back, or start over with"
            + " --fresh");
  }
}
