package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.internal.files.Disk;
import io.forebay.internal.rows.RowCodec;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Writes the file of an epoch: first what the sinks and dead letters are given, as they are given
 * it, so that it need not stay in memory; at the commit the state. The format is drawn in
 * docs/specs/window-state.md.
 */
final class EpochWriter {
  static final long MAGIC = 0x4642_5749_4E53_5433L; // "FBWINST3"

  /** Of files that have no late records, which this one reads as well. */
  static final long MAGIC_2 = 0x4642_5749_4E53_5432L; // "FBWINST2"

  /** Of files that do not say which columns rows have, which this one reads as well. */
  static final long MAGIC_1 = 0x4642_5749_4E53_5431L; // "FBWINST1"

  static final int ROWS = 1;
  static final int LETTER = 2;
  static final int STATE = 3;
  static final int FRONTIER = 4;
  static final int END = 5;
  static final int LATE = 6;

  /**
   * What stands at its beginning.
   *
   * @param pipeline whose state it is
   * @param number of the epoch
   * @param base the epoch that every output has
   * @param rows the columns of the rows that sinks are given
   */
  record Of(String pipeline, long number, long base, Schema rows) {}

  private final FileChannel channel;
  private final CRC32C crc = new CRC32C();
  private final OutputStream buffered;
  private final DataOutputStream out;

  EpochWriter(Disk disk, Path path, Of of, FileAttribute<?>... attributes) throws IOException {
    channel =
        disk.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
    buffered = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    out = new DataOutputStream(new CheckedOutputStream(buffered, crc));
    out.writeLong(MAGIC);
    RowCodec.text(of.pipeline, out);
    out.writeLong(of.number);
    out.writeLong(of.base);
    RowCodec.schema(of.rows, out);
  }

  /** Rows that the sinks are given. */
  void rows(Batch rows) throws IOException {
    out.writeByte(ROWS);
    writeRows(rows);
  }

  /** Records that came too late, as the sink is given them that gets those. */
  void late(Batch rows) throws IOException {
    out.writeByte(LATE);
    RowCodec.schema(rows.schema(), out);
    out.writeBoolean(rows.extras().isPresent());
    writeRows(rows);
  }

  private void writeRows(Batch rows) throws IOException {
    out.writeInt(rows.rows());
    for (int row = 0; row < rows.rows(); row++) {
      out.writeLong(rows.sequence(row));
      RowCodec.write(rows, row, out);
    }
  }

  /** A dead letter of an epoch, this one or one before that not every output may have. */
  void letter(Rejection letter, long epoch) throws IOException {
    out.writeByte(LETTER);
    out.writeLong(epoch);
    RowCodec.text(letter.source(), out);
    RowCodec.text(letter.partition(), out);
    out.writeLong(letter.sequence());
    RowCodec.text(letter.stage(), out);
    RowCodec.text(letter.sink(), out);
    RowCodec.text(letter.reason(), out);
    RowCodec.text(letter.detail(), out);
    switch (letter.content()) {
      case Rejection.Text(String start, long cutBytes) -> {
        out.writeBoolean(false);
        RowCodec.text(start, out);
        out.writeLong(cutBytes);
      }
      case Rejection.Row(Batch batch, int row) -> {
        out.writeBoolean(true);
        RowCodec.schema(batch.schema(), out);
        out.writeBoolean(batch.extras().isPresent());
        RowCodec.write(batch, row, out);
      }
    }
  }

  /** What is open. */
  void state(OpenWindows open, EventClock clock, long sequence) throws IOException {
    out.writeByte(STATE);
    out.writeLong(sequence);
    out.writeLong(clock.over());
    Map<String, Long> newest = clock.newest();
    out.writeInt(newest.size());
    for (Map.Entry<String, Long> each : newest.entrySet()) {
      RowCodec.text(each.getKey(), out);
      out.writeLong(each.getValue());
    }
    out.writeInt(open.size());
    open.forEach((pane, key, bytes) -> {
      out.writeLong(pane);
      key(key);
      out.writeInt(bytes.length);
      out.write(bytes);
    });
  }

  private void key(Object key) throws IOException {
    switch (key) {
      case String text -> {
        out.writeByte('s');
        RowCodec.text(text, out);
      }
      case Long number -> {
        out.writeByte('l');
        out.writeLong(number);
      }
      case Boolean bool -> {
        out.writeByte('b');
        out.writeBoolean(bool);
      }
      default -> throw new IllegalStateException("no key is " + key.getClass());
    }
  }

  /** With what it is committed; then it is durable, but for its name. */
  void finish(Frontier frontier, boolean complete) throws IOException {
    out.writeByte(FRONTIER);
    out.writeBoolean(complete);
    Map<String, Position> rows = frontier.rows();
    out.writeInt(rows.size());
    for (Map.Entry<String, Position> row : rows.entrySet()) {
      RowCodec.text(row.getKey(), out);
      out.writeLong(row.getValue().sequence());
      out.writeLong(row.getValue().offset());
    }
    out.writeByte(END);
    out.flush();
    DataOutputStream unchecked = new DataOutputStream(buffered);
    unchecked.writeLong(crc.getValue());
    unchecked.flush();
    channel.force(true);
    channel.close();
  }

  /** Leaves it as it is: nobody looks at it. */
  void abandon() {
    try {
      channel.close();
    } catch (IOException e) {
      // It was never finished.
    }
  }
}
