package io.forebay.spool;

import io.forebay.Batch;
import io.forebay.BinaryColumn;
import io.forebay.BoolColumn;
import io.forebay.Column;
import io.forebay.Float32Column;
import io.forebay.Float64Column;
import io.forebay.Float64ListColumn;
import io.forebay.Int32Column;
import io.forebay.Int64Column;
import io.forebay.StringColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes batches apart and appends their rows to a spool, as records of their partition. */
final class Rows {
  private final SpoolLog log;
  private final int mostPayload;
  private final Map<String, SpoolWriter> writers = new HashMap<>();

  Rows(SpoolLog log, int mostPayload) {
    this.log = log;
    this.mostPayload = mostPayload;
  }

  void append(Batch batch, List<String> partitions) throws IOException, InterruptedException {
    try {
      for (int row = 0; row < batch.rows(); row++) {
        String partition = partitions.get(batch.partition(row));
        SpoolWriter writer = writers.get(partition);
        if (writer == null) {
          writer = SpoolWriter.ofRows(log, batch.schema(), partition, mostPayload);
          writers.put(partition, writer);
        }
        append(batch, row, writer);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void append(Batch batch, int row, SpoolWriter to) throws InterruptedException {
    for (int i = 0; i < batch.schema().size(); i++) {
      Column column = batch.column(i);
      if (!column.isNull(row)) {
        put(column, row, i, to);
      }
    }
    StringColumn extras = batch.extras().orElse(null);
    if (extras != null && !extras.isNull(row)) {
      byte[] utf8 = bytes(extras.utf8(row));
      to.setExtras(utf8, 0, utf8.length);
    }
    to.append(batch.sequence(row), 0);
  }

  private static void put(Column column, int row, int to, SpoolWriter writer) {
    switch (column) {
      case BoolColumn values -> writer.setBool(to, values.get(row));
      case Int32Column values -> writer.setLong(to, values.get(row));
      case Int64Column values -> writer.setLong(to, values.get(row));
      case Float32Column values -> writer.setDouble(to, values.get(row));
      case Float64Column values -> writer.setDouble(to, values.get(row));
      case StringColumn values -> {
        byte[] utf8 = bytes(values.utf8(row));
        writer.setString(to, utf8, 0, utf8.length);
      }
      case BinaryColumn values -> {
        byte[] bytes = values.get(row);
        writer.setBinary(to, bytes, 0, bytes.length);
      }
      case Float64ListColumn values -> {
        double[] numbers = values.get(row);
        writer.setDoubles(to, numbers, 0, numbers.length);
      }
    }
  }

  private static byte[] bytes(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }
}
