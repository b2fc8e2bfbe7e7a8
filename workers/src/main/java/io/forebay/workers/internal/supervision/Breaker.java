package io.forebay.workers.internal.supervision;

import io.forebay.workers.api.Completion;
import io.forebay.workers.internal.launch.WorkerEnd;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stops a pool whose workers die more than they work. It opens
 *
 * <ul>
 *   <li>after {@link #MOST_IN_A_ROW} deaths, or one more than two for each worker, within {@link
 *       #WINDOW_NANOS} with neither a finished call between them nor a record to blame that has
 *       {@link #HEALTHY_ROWS} others before it, or
 *   <li>after {@link #MOST_DEATHS} deaths, or as many as in a row, within {@link #WINDOW_NANOS} if
 *       meanwhile fewer calls were finished than workers died, with fewer than {@link
 *       #HEALTHY_ROWS} rows a death.
 * </ul>
 *
 * <p>So one record in a hundred may kill its worker (two deaths each) as long as the others get
 * through, and a function that kills its worker with every record is stopped although a record is
 * found to blame each time. {@link #PAUSE_NANOS} later a trial begins: the first finished call
 * closes the breaker, {@link #MOST_IN_A_TRIAL} deaths open it again; that many, because finding the
 * record that is to blame costs as many.
 *
 * <p>Guarded by its pool's lock; time is handed in.
 */
final class Breaker {
  static final int MOST_IN_A_ROW = 5;
  static final int MOST_DEATHS = 10;
  static final int HEALTHY_ROWS = 5;
  static final int MOST_IN_A_TRIAL = 3;
  static final long WINDOW_NANOS = 60_000_000_000L;
  static final long PAUSE_NANOS = 30_000_000_000L;

  private static final int SAMPLES = 6;

  private enum State {
    CLOSED,
    OPEN,
    TRIAL
  }

  /** What was counted when a death came, without it. */
  private record Sample(long at, long deaths, long calls, long rows) {}

  /** Tests shorten it. */
  long pauseNanos = PAUSE_NANOS;

  private final long[] inARow;
  private final int healthyRows;
  private final @Nullable Sample[] samples = new Sample[SAMPLES];
  private int newest;
  private State state = State.CLOSED;
  private int count;
  private int inTrial;
  private long deaths;
  private long calls;
  private long rows;
  private long openedAt;
  private String why = "";

  /**
   * @param workers how many may die at once by records of their own before one of them is found: so
   *     many deaths, and one each to find it, are not yet {@code in a row}
   */
  Breaker(int workers) {
    this(workers, HEALTHY_ROWS);
  }

  private Breaker(int workers, int healthyRows) {
    inARow = new long[Math.max(MOST_IN_A_ROW, 2 * workers + 1)];
    this.healthyRows = healthyRows;
  }

  /** One that opens only for deaths that no record is to blame for. */
  static Breaker ofUnexplainedDeaths(int workers) {
    return new Breaker(workers, 0);
  }

  /**
   * A record was found to blame for a death.
   *
   * @param row how many records before it were computed, and will be delivered
   */
  void recordFault(int row) {
    if (row >= healthyRows) {
      count = 0;
      inTrial = 0;
    }
  }

  /** A worker has died, or could not start. Returns whether the breaker opens by it. */
  boolean recordDeath(long now) {
    Sample since = since(now);
    deaths++;
    switch (state) {
      case OPEN -> {
        return false;
      }
      case TRIAL -> {
        if (++inTrial < MOST_IN_A_TRIAL) {
          return false;
        }
        why = MOST_IN_A_TRIAL + " more of them died when it was tried again";
      }
      case CLOSED -> {
        inARow[count++ % inARow.length] = now;
        long died = deaths - since.deaths;
        if (count >= inARow.length && now - inARow[count % inARow.length] <= WINDOW_NANOS) {
          why = inARow.length + " of them died without finishing a batch";
        } else if (died >= Math.max(MOST_DEATHS, inARow.length)
            && calls - since.calls < died - 1
            && rows - since.rows < healthyRows * died) {
          why =
              died
                  + " of them died within a minute, in which only "
                  + (rows - since.rows)
                  + " records were computed";
        } else {
          return false;
        }
      }
    }
    state = State.OPEN;
    openedAt = now;
    return true;
  }

  /** The oldest sample within the window; one of now if there is none for the last while. */
  private Sample since(long now) {
    Sample last = samples[newest];
    if (last == null || now - last.at >= WINDOW_NANOS / SAMPLES) {
      newest = (newest + 1) % SAMPLES;
      samples[newest] = new Sample(now, deaths, calls, rows);
    }
    for (int i = 1; i <= SAMPLES; i++) {
      Sample sample = samples[(newest + i) % SAMPLES];
      if (sample != null && now - sample.at <= WINDOW_NANOS) {
        return sample;
      }
    }
    throw new IllegalStateException("a sample was just taken");
  }

  /** Calls were finished. Returns whether the breaker closes by it. */
  boolean finished(int moreCalls, long moreRows) {
    count = 0;
    calls += moreCalls;
    rows += moreRows;
    if (state != State.TRIAL) {
      return false;
    }
    state = State.CLOSED;
    Arrays.fill(samples, null);
    return true;
  }

  /** Begins a trial if the time for one has come; whether calls are still refused. */
  boolean advance(long now) {
    if (state == State.OPEN && now - openedAt >= pauseNanos) {
      state = State.TRIAL;
      inTrial = 0;
      count = 0;
    }
    return state == State.OPEN;
  }

  /** When the next trial may begin. */
  long nextTry() {
    return openedAt + pauseNanos;
  }

  /** What is said of the calls of a stage while it is open. */
  Completion.Unavailable unavailable(String stage, long now) {
    Duration pause = Duration.ofNanos(Math.max(1, nextTry() - now));
    return new Completion.Unavailable(
        "stage "
            + stage
            + " does not call its workers for "
            + WorkerEnd.text(pause.plusMillis(999).truncatedTo(ChronoUnit.SECONDS))
            + " because "
            + why
            + ": look at what was said about their ends",
        pause);
  }

  /** Why it has opened: {@code 5 of them died …}. */
  String why() {
    return why;
  }
}
