package io.forebay.cli.trial;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.Source;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records on the heap, which trials read again and again.
 *
 * @param name what they are a sample of: a source
 * @param partitions the names behind {@link Batch#partition}
 * @param rejected records that the source could not read, and which are not among the rows
 * @param recordsPerSecond the pace that the pipeline file gives the source; 0 if none
 */
public record Sample(
    String name, List<String> partitions, Batch rows, long rejected, double recordsPerSecond) {

  /**
   * How much is read.
   *
   * @param rows records
   * @param bytes about what they take in memory
   * @param longest however few there are by then
   */
  public record Limits(int rows, long bytes, Duration longest) {
    public static final Limits USUAL = new Limits(20_000, 8 << 20, Duration.ofSeconds(3));
  }

  public Schema schema() {
    return rows.schema();
  }

  /**
   * The records as a source, over and over.
   *
   * @param first is done when the first record is through; until then no other comes
   */
  Source again(CompletableFuture<?> first) {
    return new SampleSource(this, first);
  }
}
