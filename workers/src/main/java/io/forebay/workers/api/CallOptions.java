package io.forebay.workers.api;

/**
 * How one batch is to be called.
 *
 * @param repeat whether it is called again when it was in work as its worker was lost
 * @param careful whether the batch, together with others, has cost workers: it is called record by
 *     record then, by a worker that has done nothing before, where there are such
 */
public record CallOptions(Repeat repeat, boolean careful) {
  /** As batches are called that nothing is known of. */
  public static final CallOptions USUAL = new CallOptions(Repeat.ALWAYS, false);

  /** For batches that have cost workers. */
  public static final CallOptions CAREFUL = new CallOptions(Repeat.ALWAYS, true);
}
