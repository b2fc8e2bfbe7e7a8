package io.forebay;

import io.forebay.errors.ConfigurationException;
import io.forebay.errors.RetryableException;
import java.io.IOException;
import java.util.List;

/**
 * Keeps the records that have passed all stages.
 *
 * <h2>When the store is away</h2>
 *
 * A sink that is {@link #retryable} throws {@link RetryableException} from {@code write} or {@code
 * commit} when its store is away. The engine then waits (up to 100 ms at first, 30 s at most) and
 * calls, on the same object, {@link #recover} and {@link #open} again, until neither throws {@code
 * RetryableException}; then it writes again what the sink no longer has, and goes on. So such a
 * sink
 *
 * <ul>
 *   <li>lets go of its old connection in {@code recover}, makes a new one there or in {@code open},
 *       and does not need {@code close} in between;
 *   <li>returns from {@code recover} what the store has committed: that tells whether a commit
 *       whose answer was lost has happened. It returns nothing if the store keeps no progress: then
 *       everything since the last commit is written again, and may arrive twice;
 *   <li>forgets in {@code open} everything that was written behind that. {@link SinkContext#resume}
 *       is false only if the run started over and nothing was committed since;
 *   <li>is given the rows since the last commit again, in the same order and with the same values,
 *       in the same batches or in others.
 * </ul>
 *
 * Until then the engine keeps the batches in their slots, so memory stays bounded and the sources
 * are slowed; the other sinks go on until no slot is free. A sink that is not retryable does not
 * cost that.
 *
 * <h2>When the store refuses rows</h2>
 *
 * A retryable sink whose store takes some rows and refuses others, for good, need not fail: it
 * leaves those out and tells them by {@link #refused}, and the engine puts them into dead letter.
 * It is {@link #retryable} for that, even if its store is never away: the engine keeps the rows.
 */
public non-sealed interface Sink extends Output {
  /** The {@link #backlogBytes} of a sink where nothing waits on a disk: not known. */
  long NO_BACKLOG = -1;

  /**
   * Looks whether rows of these columns can be kept, as far as that is known without the store:
   * called when the pipeline is checked, before anything is opened, and several times where it is
   * checked more often.
   *
   * @throws ConfigurationException in one sentence that says what to change
   */
  default void check(Schema schema) {}

  /**
   * Writes a batch. When the call returns, the batch's memory may be used again.
   *
   * @param batch at least one row
   */
  void write(Batch batch) throws IOException;

  /**
   * Whether data and progress are committed as one, so that a crash neither loses nor repeats a
   * record (if the source is repeatable and the pipeline is ordered).
   */
  boolean effectivelyOnce();

  /**
   * Whether {@code write} and {@code commit} may throw {@link RetryableException}. The engine then
   * keeps batches until they are committed, and commits when half of its slots are waiting for
   * that.
   */
  default boolean retryable() {
    return false;
  }

  /**
   * Comes before each commit: hands to the store what is still buffered, so that the store has
   * taken or refused every row when this returns. May throw {@link RetryableException}, as {@code
   * write}.
   */
  default void flush() throws IOException {}

  /**
   * The rows that the store has refused since the last call; asked after each write and after
   * {@link #flush}. They are durable in dead letter before the sink is committed. {@code open}
   * forgets those that were not asked for, because their rows are written again.
   */
  default List<Refusal> refused() {
    return List.of();
  }

  /**
   * Rows that the store has refused, of those that were committed here before the store had seen
   * them: for a sink that keeps rows itself and hands them on in its own time. Asked when {@link
   * #refused} is, and after a commit that completes the run, which is repeated if there are any.
   * What was returned before a commit is durable in dead letter when {@code commit} is called.
   */
  default List<LateRefusal> refusedLate() {
    return List.of();
  }

  /**
   * How many bytes it has taken that its store does not have yet, if they wait on a disk; {@link
   * #NO_BACKLOG} if nothing ever does. Any thread may ask.
   */
  default long backlogBytes() {
    return NO_BACKLOG;
  }

  /**
   * Whether {@link #refusedLate} waits to be asked: a commit is made then though nothing was
   * written. From any thread; looked at each second.
   */
  default boolean needsCommit() {
    return false;
  }
}
