package io.forebay.engine.internal.delivery;

import io.forebay.engine.api.RejectionLimit;
import io.forebay.engine.internal.loops.PipelineFailedException;
import io.forebay.snapshot.DeadLetterReason;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Ends a run that rejects more records than it may. Used by the sink runner. */
final class RejectionGuard {
  /** Of fewer records a share says little. */
  private static final long LEAST_FOR_SHARE = 1_000;

  private final RejectionLimit limit;

  RejectionGuard(RejectionLimit limit) {
    this.limit = limit;
  }

  /**
   * Looks at what has become of the records of this run so far.
   *
   * @param atEnd whether no more will come
   * @param reasons why records were rejected, the most frequent first; asked for when it ends
   */
  void check(RecordLedger.Counts counts, boolean atEnd, Supplier<List<DeadLetterReason>> reasons)
      throws PipelineFailedException {
    long rejected = counts.deadLettered();
    long others = counts.delivered() + counts.filtered();
    long all = rejected + others;
    boolean tooMany =
        switch (limit) {
          case RejectionLimit.Unlimited() -> false;
          case RejectionLimit.Records(long most) -> rejected > most;
          case RejectionLimit.Share(double most) ->
              (all >= LEAST_FOR_SHARE || atEnd) && rejected > most * all;
          case RejectionLimit.FirstInRow(long most) -> others == 0 && rejected >= most;
        };
    if (tooMany) {
      throw new PipelineFailedException(
          (others == 0 ? "every one of the first " : count(rejected) + " of ")
              + count(all)
              + (others == 0 ? " records was rejected" : " records were rejected")
              + allowed()
              + why(reasons.get())
              + ": what was committed stays, and the rest is not acknowledged; mend the function"
              + " or the data, or allow more with maxRejected (none: any number), and run again");
    }
  }

  private String allowed() {
    return switch (limit) {
      case RejectionLimit.Records(long most) -> ", and maxRejected allows " + count(most);
      case RejectionLimit.Share(double most) ->
          String.format(Locale.ROOT, ", and maxRejected allows %s%%", percent(most));
      case RejectionLimit.Unlimited(), RejectionLimit.FirstInRow(_) -> "";
    };
  }

  private static String percent(double share) {
    String text = String.format(Locale.ROOT, "%.4f", 100 * share);
    return text.replaceAll("\\.?0+$", "");
  }

  private static String why(List<DeadLetterReason> reasons) {
    if (reasons.isEmpty()) {
      return "";
    }
    DeadLetterReason most = reasons.getFirst();
    return ", "
        + count(most.count())
        + (most.stage().isEmpty() ? " because of: " : " by '" + most.stage() + "': ")
        + most.reason();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
