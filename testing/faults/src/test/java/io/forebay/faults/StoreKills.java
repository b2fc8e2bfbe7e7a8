package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.testkit.Seed;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;

/**
 * {@code kill -9} of the command at random moments, also while it starts again, until it is done;
 * then the store is asked for the ids that it holds.
 */
final class StoreKills {
  /** Records of a life: about half a second of work on one core. */
  static final int RECORDS = 30_000;

  private static final int AT_ONCE = 2;

  /** After so many a life may end, so that more than one comes to its end. */
  private static final int KILLS_A_LIFE = 5;

  /** What a life needs to know of a store. */
  interface Store {
    /** The {@code sources:} entry of the pipeline file; {@code input} holds the records. */
    default String source(Path input) {
      return "{ name: in, type: file, path: %s, fields: { id: int64, value: float64 } }"
          .formatted(input);
    }

    /**
     * The {@code sinks:} entry of the pipeline file, for the life that writes into {@code place}.
     */
    String sink(Path place) throws Exception;

    /** The ids that the store holds, in any order. */
    List<Long> ids(Path place) throws Exception;

    /** Whether a run that starts over replaces what there is; otherwise it adds to it. */
    default boolean replaces() {
      return true;
    }

    /** Whether the store holds some of the records, for the count of kills that hit halfway. */
    default boolean hasBegun(Path place) throws Exception {
      return true;
    }
  }

  private final Path folder;
  private final Store store;
  private final int records;

  /** The milliseconds of the shortest run that was not killed. */
  private final AtomicLong undisturbed = new AtomicLong(Long.MAX_VALUE / 8);

  StoreKills(Path folder, Store store) throws IOException {
    this(folder, store, RECORDS);
  }

  /** The ids of the records are 1, 2, 3, … */
  StoreKills(Path folder, Store store, int records) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.store = store;
    this.records = records;
    try (Writer in = Files.newBufferedWriter(folder.resolve("in.jsonl"))) {
      for (int i = 1; i <= records; i++) {
        in.write(String.format(Locale.ROOT, "{\"id\":%d,\"value\":%.2f}\n", i, i * 0.37 % 120));
      }
    }
  }

  /**
   * Kills at least {@code least} times, and up to {@code kills} while there is time; two runs at a
   * time, each with a place of its own, because much of a short life is spent starting.
   *
   * @return how many kills there were
   */
  int run(int kills, int least, Duration enough) throws Exception {
    long seed = Seed.of(1);
    SplittableRandom random = new SplittableRandom(seed);
    long begun = System.nanoTime();
    life(0, random, 0);
    AtomicInteger lives = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger halfway = new AtomicInteger();
    List<Future<?>> both = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < AT_ONCE; i++) {
        SplittableRandom own = random.split();
        both.add(
            threads.submit(() -> {
              while (done.get() < least
                  || (done.get() < kills && System.nanoTime() - begun < enough.toNanos())) {
                int most = Math.clamp(kills / AT_ONCE, 1, KILLS_A_LIFE);
                Life ended = life(lives.incrementAndGet(), own, most);
                done.addAndGet(ended.kills());
                halfway.addAndGet(ended.halfway());
              }
              return null;
            }));
      }
    }
    for (Future<?> one : both) {
      one.get();
    }
    System.out.printf(
        "StoreKills: %d kills, %d of them halfway; %d lives, %d ms undisturbed, %d s in all%n",
        done.get(),
        halfway.get(),
        lives.get(),
        undisturbed.get(),
        (System.nanoTime() - begun) / 1_000_000_000);
    return done.get();
  }

  /** Something that is done to a server. */
  interface Action {
    void run() throws Exception;
  }

  /** Takes the server away, and says how it comes back. */
  interface Away {
    Action begin() throws Exception;
  }

  /** One run, during which the store is away twice; then what it leaves. */
  void away(Away away) throws Exception {
    Path place = prepare("away");
    CommandLine forebay = new CommandLine(place);
    Process process = forebay.start("run", "pipeline.yaml", "--no-progress");
    try {
      for (int time = 0; time < 2; time++) {
        int before = time * records / 3;
        Awaitility.await("the store holds more than " + before)
            .atMost(Duration.ofMinutes(2))
            .until(() -> begun(place) > before || !process.isAlive());
        assertThat(process.isAlive()).as(forebay.printed()).isTrue();
        Action back = away.begin();
        assertThat(process.waitFor(3, TimeUnit.SECONDS)).as(forebay.printed()).isFalse();
        back.run();
      }
      assertThat(process.waitFor()).as(forebay.printed()).isZero();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertAll(place, 1, "away twice");
  }

  private long begun(Path place) {
    try {
      return store.hasBegun(place) ? store.ids(place).size() : 0;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private record Life(int kills, int halfway) {}

  /** One run, killed up to {@code kills} times, and what it leaves. */
  private Life life(int number, SplittableRandom random, int kills) throws Exception {
    Path place = prepare("life-" + number);
    CommandLine forebay = new CommandLine(place);
    int killed = 0;
    int halfway = 0;
    for (boolean done = false; !done; ) {
      long patience =
          killed < kills
              ? random.nextLong(50, Math.max(100, undisturbed.get() * 3 / 2))
              : Long.MAX_VALUE / 2;
      long begin = System.nanoTime();
      Process process =
          forebay.start("run", "pipeline.yaml", "--no-progress", "--summary", "summary.json");
      done = process.waitFor(patience, TimeUnit.MILLISECONDS);
      if (done) {
        assertThat(process.exitValue()).as(forebay.printed()).isZero();
        if (killed == 0) {
          undisturbed.accumulateAndGet((System.nanoTime() - begin) / 1_000_000, Math::min);
        }
      } else {
        process.destroyForcibly().waitFor();
        killed++;
        halfway += store.hasBegun(place) ? 1 : 0;
      }
    }
    String when = "life %d after %d kills".formatted(number, killed);
    // A run that was killed between its last commit and its end was complete.
    int again = Pattern.compile("starting over").split(forebay.printed(), -1).length - 1;
    assertAll(place, store.replaces() ? 1 : 1 + again, when);
    long delivered = wanted().size();
    assertThat(forebay.acrossRuns("summary.json"))
        .as("%s: the records across runs", when)
        .containsExactly((long) records, delivered, records - delivered, 0L, 0L, 0L);
    return new Life(killed, halfway);
  }

  /** A new folder with a pipeline file. */
  private Path prepare(String name) throws Exception {
    Path place = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        place.resolve("pipeline.yaml"),
        """
        name: kill
        root: %s
        sources:
          - %s
        forebay: { slots: 8, slotSize: 64KiB }
        stages:
          - { name: slow, cpu: io.forebay.faults.KillFunctions.Slow, on: inline, batch: 500 }
        sinks:
          - %s
        deadLetter: { path: rejected.jsonl }
        """
            .formatted(folder, store.source(folder.resolve("in.jsonl")), store.sink(place)));
    return place;
  }

  private void assertAll(Path place, int times, String when) throws Exception {
    List<Long> ids = new ArrayList<>(store.ids(place));
    ids.sort(null);
    List<Long> wanted =
        wanted().stream().flatMap(id -> Collections.nCopies(times, id).stream()).toList();
    assertSame(when, ids, wanted);
  }

  /** Both are in order; says what differs. */
  static void assertSame(String when, List<Long> ids, List<Long> wanted) {
    if (!ids.equals(wanted)) {
      throw new AssertionError(
          "%s: %d records, not %d; %s"
              .formatted(when, ids.size(), wanted.size(), difference(ids, wanted)));
    }
  }

  /** The others are what KillFunctions.Slow rejects. */
  private List<Long> wanted() {
    return LongStream.rangeClosed(1, records)
        .filter(i -> i % 500 != 7 && i % 500 != 8)
        .boxed()
        .toList();
  }

  private static String difference(List<Long> ids, List<Long> wanted) {
    Set<Long> there = new HashSet<>(ids);
    List<Long> missing = wanted.stream().filter(id -> !there.contains(id)).toList();
    Set<Long> rest = new HashSet<>(wanted);
    List<Long> twice = ids.stream().filter(id -> !rest.remove(id)).toList();
    return missing.size()
        + " are missing: "
        + missing.stream().limit(5).toList()
        + ", "
        + twice.size()
        + " are too many: "
        + twice.stream().limit(5).toList();
  }
}
