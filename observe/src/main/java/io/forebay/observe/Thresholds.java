package io.forebay.observe;

/** From where on evidence counts. Each is explained in {@code docs/specs/diagnosis.md}. */
public final class Thresholds {
  /** Busier than this, a part is what the others waited for. */
  static final double LIMITING_SHARE = 0.75;

  /**
   * So busy, a part limits a run that is held up, if slots are not short and nothing else is it.
   */
  static final double MOSTLY_SHARE = 0.6;

  /** A part that was busy for so much of what sources were held up explains it. */
  static final double EXPLAINED_SHARE = 0.8;

  /** So busy, a part limits even where sources had no reason to wait. */
  static final double SATURATED_SHARE = 0.95;

  /** Sources that waited for less of the time were not held up at all. */
  static final double UNPRESSED_SHARE = 0.1;

  /** Sources that waited for less of the time were not held up by one thing. */
  static final double PRESSED_SHARE = 0.2;

  /** Sources that waited for more of the time were held up throughout. */
  static final double HELD_UP_SHARE = 0.5;

  /** A border that costs more than this share of the calls is worth a word. */
  static final double COSTLY_BORDER_SHARE = 0.4;

  /** Below this a record, no border pays: the function takes less time than handing over. */
  public static final double INLINE_NANOS = 1_000;

  /** A call that uses the CPU for less of the time in which it is not kept from it waits. */
  public static final double COMPUTING_SHARE = 0.5;

  /** Waiting for less of the time of calls says nothing. */
  static final double WAITED_SHARE = 0.2;

  /** A call that waits for more of its time waits, if cores are left to compute more. */
  static final double WAITING_SHARE = 0.33;

  /** A call that is kept from a core for more of its time is starved, if others have the cores. */
  public static final double STARVED_SHARE = 0.25;

  /** Others that have more of the cores count. */
  static final double OTHERS_SHARE = 0.15;

  /** So many cores have to be idle to be free. */
  static final double FREE_CORES = 0.5;

  /** A lock that calls wait for longer counts. */
  public static final double LOCK_SHARE = 0.3;

  /** Collections that last longer count. */
  public static final double GC_SHARE = 0.25;

  /** Workers that were missing, or worked in vain, for more of the time count. */
  static final double LOSS_SHARE = 0.2;

  /** Workers that end more often count whatever it costs: what was lost is not all there is. */
  static final double ENDS_PER_SECOND = 0.3;

  /** So many workers have to end to be more than an accident. */
  static final long LOSSES = 3;

  /** Workers busy for less of the time that their stage had something to do were idle. */
  static final double IDLE_WORKERS_SHARE = 0.7;

  /** The slowest tenth of the batches that has more of the time makes it uneven. */
  static final double UNEVEN_SHARE = 0.5;

  /** A partition with more of the records has most of them. */
  static final double BUSIEST_SHARE = 0.5;

  /** Fewer batches say nothing about how even they are. */
  static final long BATCHES = 20;

  /** Batches with fewer rows are small. */
  static final long SMALL_ROWS = 256;

  /** Outputs busy for more of the time are what a full window waits for, if nothing is busier. */
  static final double COMMITS_SHARE = 0.33;

  /** A shorter time says nothing. */
  static final double LEAST_SECONDS = 0.3;

  /** A shorter run is mostly the starting and warming up of workers. */
  static final double SHORT_SECONDS = 3;

  /** A cause of less of the time is not named besides another. */
  static final double SECOND_SHARE = 0.2;

  private Thresholds() {}
}
