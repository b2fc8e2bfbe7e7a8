package io.forebay.engine.internal.windows;

import io.forebay.Batch;
import io.forebay.Frontier;
import io.forebay.Position;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.engine.internal.recovery.Epoch;
import io.forebay.internal.rows.HeapBatchBuilder;
import io.forebay.internal.rows.RowCodec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Reads the file of an epoch, of which not a bit may have changed. */
final class EpochReader {
  private static final int CRC_BYTES = 8;

  /** A partial result. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Partial(long pane, Object key, byte[] bytes) {}

  /** A dead letter, and in which epoch it became one. */
  record Letter(long epoch, Rejection rejection) {}

  /**
   * What it holds.
   *
   * @param rows that the sinks were given
   * @param letters that went to dead letter
   * @param sequence of the last row
   * @param over up to where windows are closed
   * @param newest of each partition the newest time
   */
  record Content(
      Epoch epoch,
      List<Batch> rows,
      List<Letter> letters,
      long sequence,
      long over,
      Map<String, Long> newest,
      List<Partial> open) {}

  private final Path path;
  private final boolean settled;
  private final Schema schema;
  private final Optional<Schema> late;
  private final List<Batch> rows = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final List<Partial> open = new ArrayList<>();
  private long sequence;
  private long over;
  private boolean complete;
  private Frontier frontier = Frontier.START;

  private EpochReader(Path path, boolean settled, Schema schema, Optional<Schema> late) {
    this.path = path;
    this.settled = settled;
    this.schema = schema;
    this.late = late;
  }

  /**
   * Reads it.
   *
   * @param settled whether its name says that every output has it
   * @param schema of the rows
   * @param late of records that came too late, if a sink is given them
   * @throws IOException naming the file, if it is not as it was written
   */
  static Content read(Path path, boolean settled, Schema schema, Optional<Schema> late)
      throws IOException {
    return new EpochReader(path, settled, schema, late).read();
  }

  private Content read() throws IOException {
    if (!isWhole()) {
      throw damaged();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
      long magic = in.readLong();
      if (magic != EpochWriter.MAGIC
          && magic != EpochWriter.MAGIC_2
          && magic != EpochWriter.MAGIC_1) {
        throw new IOException(
            "'"
                + path
                + "' is no state of windows that this version knows: use the version that has"
                + " written it");
      }
      String pipeline = RowCodec.text(in);
      long number = in.readLong();
      long base = in.readLong();
      Schema written = magic == EpochWriter.MAGIC_1 ? schema : RowCodec.schema(in);
      for (int kind = in.readByte(); kind != EpochWriter.END; kind = in.readByte()) {
        switch (kind) {
          case EpochWriter.ROWS -> readRows(written, false, Optional.of(schema), in);
          case EpochWriter.LATE -> readLate(in);
          case EpochWriter.LETTER -> letters.add(readLetter(in));
          case EpochWriter.STATE -> readState(in);
          case EpochWriter.FRONTIER -> readFrontier(in);
          default -> throw damaged();
        }
      }
      Epoch epoch = new Epoch(pipeline, number, base, settled, frontier, complete);
      return new Content(epoch, rows, letters, sequence, over, newest, open);
    }
  }

  private IOException damaged() {
    return new IOException(
        "'"
            + path
            + "' is damaged, so it is not known what the open windows hold: put it back as it was");
  }

  private boolean isWhole() throws IOException {
    long left = Files.size(path) - CRC_BYTES;
    if (left < 0) {
      return false;
    }
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(path)) {
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (count < 0) {
          return false;
        }
        crc.update(buffer, 0, count);
        left -= count;
      }
      return new DataInputStream(in).readLong() == crc.getValue();
    }
  }

  private void readLate(DataInputStream in) throws IOException {
    Schema written = RowCodec.schema(in);
    readRows(written, in.readBoolean(), late, in);
  }

  /** Rows of an epoch that every output has are not given to anybody. */
  private void readRows(Schema written, boolean extras, Optional<Schema> made, DataInputStream in)
      throws IOException {
    HeapBatchBuilder builder = new HeapBatchBuilder(written, extras);
    for (int left = in.readInt(); left > 0; left--) {
      long number = in.readLong();
      RowCodec.read(written, in, builder);
      builder.append(number, 0);
    }
    if (!settled && builder.rows() > 0 && !made.equals(Optional.of(written))) {
      throw new IOException(
          "'"
              + path
              + "' has rows that not every output has got, with the columns "
              + written
              + ", and the pipeline now makes "
              + made.map(Schema::toString).orElse("none of these")
              + ": run it once as it was, and change it then");
    }
    rows.add(builder.build());
  }

  private static Letter readLetter(DataInputStream in) throws IOException {
    long epoch = in.readLong();
    String source = RowCodec.text(in);
    String partition = RowCodec.text(in);
    long number = in.readLong();
    String stage = RowCodec.text(in);
    String sink = RowCodec.text(in);
    String reason = RowCodec.text(in);
    String detail = RowCodec.text(in);
    Rejection.Content content =
        in.readBoolean()
            ? readRow(in, number)
            : new Rejection.Text(RowCodec.text(in), in.readLong());
    return new Letter(
        epoch, new Rejection(source, partition, number, stage, sink, reason, detail, content));
  }

  private static Rejection.Row readRow(DataInputStream in, long number) throws IOException {
    Schema of = RowCodec.schema(in);
    HeapBatchBuilder builder = new HeapBatchBuilder(of, in.readBoolean());
    RowCodec.read(of, in, builder);
    builder.append(number, 0);
    return new Rejection.Row(builder.build(), 0);
  }

  private void readState(DataInputStream in) throws IOException {
    sequence = in.readLong();
    over = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      newest.put(RowCodec.text(in), in.readLong());
    }
    for (int left = in.readInt(); left > 0; left--) {
      long pane = in.readLong();
      Object key =
          switch (in.readByte()) {
            case 's' -> RowCodec.text(in);
            case 'l' -> in.readLong();
            default -> in.readBoolean();
          };
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      open.add(new Partial(pane, key, bytes));
    }
  }

  private void readFrontier(DataInputStream in) throws IOException {
    complete = in.readBoolean();
    Map<String, Position> found = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      found.put(RowCodec.text(in), new Position(in.readLong(), in.readLong()));
    }
    frontier = new Frontier(found);
  }
}
