package io.forebay.spool;

import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Progress;
import io.forebay.internal.rows.ByteBuilder;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A commit in the spool of a sink, as a frame's payload and in the head of a segment: u8 4, u8
 * complete, the pipeline, u32 n, n × (partition, i64 sequence, i64 offset).
 */
final class Commit {
  private Commit() {}

  static byte[] encode(Progress progress) {
    ByteBuilder out = new ByteBuilder(256);
    out.putByte(RecordCodec.COMMIT)
        .putByte(progress.complete() ? 1 : 0)
        .putText(progress.pipeline());
    Map<String, Position> rows = progress.frontier().rows();
    out.putInt(rows.size());
    rows.forEach((partition, position) ->
        out.putText(partition).putLong(position.sequence()).putLong(position.offset()));
    return out.toArray();
  }

  static Progress decode(ByteBuffer from) throws IOException {
    try {
      if (from.get() != RecordCodec.COMMIT) {
        throw new BufferUnderflowException();
      }
      boolean complete = from.get() != 0;
      String pipeline = text(from);
      Map<String, Position> positions = new HashMap<>();
      for (int left = from.getInt(); left > 0; left--) {
        String partition = text(from);
        positions.put(partition, new Position(from.getLong(), from.getLong()));
      }
      return new Progress(pipeline, new Frontier(positions), complete);
    } catch (BufferUnderflowException e) {
      throw new IOException("a commit that does not decode", e);
    }
  }

  private static String text(ByteBuffer from) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /**
   * What a segment of a sink's spool begins with: u8 whether rows carry extras, the sequence of the
   * last commit before the segment, and that commit (nothing if there was none).
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Head(boolean extras, long sequence, byte @Nullable [] commit) {
    byte[] encode() {
      ByteBuilder out = new ByteBuilder(256).putByte(extras ? 1 : 0).putLong(sequence);
      if (commit != null) {
        out.put(commit, 0, commit.length);
      }
      return out.toArray();
    }

    static Head decode(byte[] bytes) throws IOException {
      if (bytes.length < 9) {
        throw new IOException("the beginning of a segment does not decode");
      }
      ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      boolean extras = from.get() != 0;
      long sequence = from.getLong();
      byte[] commit = new byte[from.remaining()];
      from.get(commit);
      return new Head(extras, sequence, commit.length == 0 ? null : commit);
    }
  }
}
