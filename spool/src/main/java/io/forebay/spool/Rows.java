package io.forebay.spool;

import io.forebay.Batch;
import io.forebay.internal.rows.RowCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        RowCopy.set(batch, row, writer);
        writer.append(batch.sequence(row), 0);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
