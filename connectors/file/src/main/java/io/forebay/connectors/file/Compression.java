package io.forebay.connectors.file;

import com.github.luben.zstd.Zstd;
import io.forebay.errors.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * How a file is compressed, as the ending of its name says. What is written at once is a whole
 * member or frame: a file of some of them ends where one ends, and can be cut off there.
 */
enum Compression {
  NONE,
  GZIP,
  ZSTD;

  private static final int LEVEL = 3;
  private static final List<String> OTHERS =
      List.of(
          ".bz2",
          ".xz",
          ".lz4",
          ".lzma",
          ".snappy",
          ".br",
          ".zip",
          ".7z",
          ".tar",
          ".tgz",
          ".parquet",
          ".arrow",
          ".avro",
          ".orc",
          ".duckdb",
          ".xlsx",
          ".xls",
          ".ods",
          ".feather",
          ".h5",
          ".hdf5",
          ".mat",
          ".npy",
          ".npz",
          ".pkl",
          ".sqlite");

  /**
   * The one of a path.
   *
   * @throws ConfigurationException if its ending names a form that is neither read nor written here
   */
  static Compression of(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    for (String other : OTHERS) {
      if (lower.endsWith(other)) {
        throw new ConfigurationException(
            "'"
                + path
                + "' ends in "
                + other
                + ", and lines are read and written as plain text, .gz or .zst: name another file");
      }
    }
    return lower.endsWith(".gz") ? GZIP : lower.endsWith(".zst") ? ZSTD : NONE;
  }

  /** A whole member or frame of these bytes. */
  ByteBuffer compress(byte[] bytes, int length) throws IOException {
    return switch (this) {
      case NONE -> ByteBuffer.wrap(bytes, 0, length);
      case GZIP -> {
        ByteArrayOutputStream member = new ByteArrayOutputStream(length / 4 + 64);
        try (GZIPOutputStream out = new GZIPOutputStream(member)) {
          out.write(bytes, 0, length);
        }
        yield ByteBuffer.wrap(member.toByteArray());
      }
      case ZSTD -> ByteBuffer.wrap(Zstd.compress(Arrays.copyOf(bytes, length), LEVEL));
    };
  }
}
