package io.forebay.workers.internal.supervision;

import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.internal.protocol.Ring;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A submitted batch on its way. Its fields are guarded by the pool's lock until it is taken from
 * its worker's ring; then they belong to the thread that settles it.
 */
final class Call extends CompletableFuture<Completion> {
  final Slot slot;
  final long submitted;

  /** What the deaths of workers say about it; null while there were none. */
  @Nullable CallHistory history;

  /** The worker that has it, or had it last. */
  @Nullable Worker worker;

  /** Names this handing over; the worker's answer has to name it, too. */
  long ticket;

  /** When it was pushed to the worker. */
  long pushed;

  /** When the worker began and ended, by the worker's word, kept within what is possible. */
  long began;

  long ended;

  /** What the ring says of the answer, see {@link Ring#plainRows}. */
  int plainRows = Ring.IN_SLOT;

  /** When the worker had ended the call before. */
  long endedBefore;

  /** Why it is given up; null if it has been answered. */
  @Nullable Completion lost;

  /** How its worker ended last, for whoever reads what became of it. */
  String lastWords = "";

  /** Nobody wants its result; set under the lock, also read by the thread that settles it. */
  volatile boolean cancelled;

  /** Cancelled, and its worker is to be killed should it be in work. */
  boolean killed;

  /** The next one in a list of calls to settle. */
  @Nullable Call next;

  final CallOptions options;
  private final Owner owner;

  /** The pool, as its calls see it. */
  interface Owner {
    /** See {@link Call#cancel}. */
    boolean cancel(Call call, boolean kill);

    /** Looks after finished batches until {@code future} is done. */
    void helpUntilDone(CompletableFuture<?> future) throws InterruptedException;
  }

  Call(Owner owner, Slot slot, long submitted, CallOptions options) {
    this.owner = owner;
    this.slot = slot;
    this.submitted = submitted;
    this.options = options;
  }

  /**
   * Whether the function is called record by record, first of all by a worker that has nothing else
   * to do meanwhile.
   */
  boolean singly() {
    return options.careful() || (history != null && history.isSuspect());
  }

  /** The only record that is called this time; -1 for all. */
  int alone() {
    return history == null ? -1 : history.alone();
  }

  /** Has the function called record by record from now on; false if it is already. */
  boolean suspect() {
    if (history == null) {
      history = new CallHistory();
    }
    boolean first = !history.isSuspect();
    history.suspect();
    return first;
  }

  /**
   * Withdraws the batch: see {@link ProcessPool#submit}. The slot is the pool's until the future
   * completes.
   *
   * @param mayInterruptIfRunning whether to kill the worker that has it in work
   * @return false if it was completed before
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return owner.cancel(this, mayInterruptIfRunning);
  }

  // Whoever waits looks at the rings himself: to be woken by the supervisor costs a wake-up more.

  @Override
  public Completion get() throws InterruptedException, ExecutionException {
    owner.helpUntilDone(this);
    return super.get();
  }

  @Override
  public Completion join() {
    try {
      owner.helpUntilDone(this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return super.join();
  }
}
