package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wall clock of the command and its workers jumps by an hour and by a year, ahead and back,
 * under load and while nothing comes: every record is delivered once and in time, nobody computes
 * for nothing, and no worker is killed. Brokers and database have a clock that is right.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(1200)
class ClockJumpTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEAR = Duration.ofDays(365);

  /** How far ahead the clock is after each jump: +1 h, -1 h, -1 year, +1 year. */
  private static final List<Duration> AHEAD =
      List.of(HOUR, Duration.ZERO, YEAR.negated(), Duration.ZERO);

  /** So many of them while nothing comes, too; all: {@code -Dforebay.long=true}. */
  private static final int WHILE_IDLE = Boolean.getBoolean("forebay.long") ? AHEAD.size() : 2;

  private static final Duration UNDISTURBED = Duration.ofSeconds(2);
  private static final Duration BEFORE_JUMP = Duration.ofMillis(500);

  /** So long the load goes on after a jump: at least as long as the timeouts that are suspected. */
  private static final Duration LOADED =
      Duration.ofMillis(Integer.getInteger("forebay.jumpMillis", 700));

  private static final Duration IDLE = Duration.ofMillis(800);

  /** Far beyond linger and batches on a loaded machine, far below any jump. */
  private static final Duration IN_TIME = Duration.ofSeconds(30);

  /** So much of a core more than before, and a timer storm is suspected. */
  private static final double MORE_CPU = 0.4;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void delivers_every_record_once_and_in_time_when_the_wall_clock_jumps() throws Exception {
    WallClock clock = WallClock.in(folder);
    CommandLine forebay = new CommandLine(folder, clock);
    List<Arrivals.Arrival> arrived;
    try (JumpServers servers = new JumpServers(folder);
        SteadyLoad load = new SteadyLoad(servers.ways());
        Arrivals arrivals = new Arrivals(folder.resolve("out.jsonl"))) {
      Process process = start(forebay, "1.json");
      try {
        servers.awaitReady(process, forebay);
        load.go();
        Awaitility.await().atMost(PATIENCE).until(() -> arrivals.count() > 100);
        pass(UNDISTURBED);
        load.pause();
        awaitAll(load, arrivals);
        double before = idle(process);
        System.out.printf("undisturbed: %s; idle: %.2f cores%n", delays(load, arrivals, 0), before);
        int first = arrivals.count();
        for (Duration ahead : AHEAD) {
          underLoad(clock, ahead, load, arrivals, before, process);
        }
        for (Duration ahead : AHEAD.subList(0, WHILE_IDLE)) {
          whileIdle(clock, ahead, load, arrivals, before, process);
        }
        terminate(process, forebay);
        assertInTime(load, arrivals.all().subList(first, arrivals.count()));
        servers.assertOnce(load.sent().keySet(), JumpServers.ALL);

        // The next run begins an hour before the last one. MQTT keeps no progress.
        clock.set(HOUR.negated());
        process = start(forebay, "2.json");
        servers.awaitReady(process, forebay);
        first = arrivals.count();
        load.go();
        pass(LOADED);
        load.pause();
        awaitAll(load, arrivals);
        terminate(process, forebay);
        assertInTime(load, arrivals.all().subList(first, arrivals.count()));
        servers.assertOnce(load.sent().keySet(), JumpServers.WITH_PROGRESS);
      } finally {
        process.destroyForcibly().waitFor();
      }
      arrived = arrivals.all();
    }
    assertThat(hoursAhead(arrived)).containsExactlyInAnyOrder(0L, 1L, -1L, -365L * 24);
    assertThat(Files.readString(folder.resolve("rejected.jsonl"))).isEmpty();
    assertThat(withoutExpiry(forebay.printed()))
        .doesNotContainIgnoringCase("away", "killed", "died", "exception");
    for (String summary : List.of("1.json", "2.json")) {
      String json = Files.readString(folder.resolve(summary)).replace(" ", "");
      assertThat(json).contains("\"restarts\":0").contains("\"timeouts\":0");
    }
  }

  /**
   * Kafka's producer measures by the wall clock how long a batch waits: one that waits while the
   * clock jumps ahead has expired, as has a request. The sink is away for that moment, and gives it
   * again.
   */
  private static String withoutExpiry(String printed) {
    return printed
        .lines()
        .filter(line ->
            !line.matches(
                    "forebay: sink 'out' is (away .*: (Expiring|Disconnected from node) .*|back)")
                && !line.startsWith("out: its store was away"))
        .collect(Collectors.joining("\n"));
  }

  private static void underLoad(
      WallClock clock,
      Duration ahead,
      SteadyLoad load,
      Arrivals arrivals,
      double before,
      Process process)
      throws Exception {
    int from = arrivals.count();
    load.go();
    pass(BEFORE_JUMP);
    clock.set(ahead);
    pass(WallClock.SEEN_WITHIN.plus(LOADED));
    load.pause();
    awaitAll(load, arrivals);
    double idle = assertQuiet(ahead, before, process);
    System.out.printf(
        "clock %+d h ahead, under load: %s; idle: %.2f cores%n",
        ahead.toHours(), delays(load, arrivals, from), idle);
  }

  private static void whileIdle(
      WallClock clock,
      Duration ahead,
      SteadyLoad load,
      Arrivals arrivals,
      double before,
      Process process)
      throws Exception {
    int from = arrivals.count();
    clock.set(ahead);
    pass(WallClock.SEEN_WITHIN);
    double idle = assertQuiet(ahead, before, process);
    load.go();
    pass(LOADED);
    load.pause();
    awaitAll(load, arrivals);
    System.out.printf(
        "clock %+d h ahead, while idle: %s; idle: %.2f cores%n",
        ahead.toHours(), delays(load, arrivals, from), idle);
  }

  private static Process start(CommandLine forebay, String summary) throws IOException {
    return forebay.start("run", "pipeline.yaml", "--no-progress", "--summary", summary);
  }

  private static void assertInTime(SteadyLoad load, List<Arrivals.Arrival> arrived) {
    long latest =
        arrived.stream()
            .mapToLong(a -> a.nanos() - load.sent().getOrDefault(a.id(), 0L))
            .max()
            .orElse(0);
    assertThat(Duration.ofNanos(latest)).isLessThan(IN_TIME);
  }

  private static void terminate(Process process, CommandLine forebay) throws Exception {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(forebay.printed()).isTrue();
    assertThat(process.exitValue()).as(forebay.printed()).isEqualTo(143);
  }

  private static void pass(Duration time) {
    Awaitility.await().pollDelay(time).atMost(time.plus(PATIENCE)).until(() -> true);
  }

  private static void awaitAll(SteadyLoad load, Arrivals arrivals) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(missing(load, arrivals)).isEmpty());
  }

  /** The first few records that have not come. */
  private static List<Long> missing(SteadyLoad load, Arrivals arrivals) {
    Set<Long> there = new HashSet<>();
    if (arrivals.count() < load.sent().size()) {
      arrivals.all().forEach(arrival -> there.add(arrival.id()));
      return load.sent().keySet().stream().filter(id -> !there.contains(id)).limit(5).toList();
    }
    return List.of();
  }

  private static double assertQuiet(Duration ahead, double before, Process process) {
    double idle = idle(process);
    assertThat(idle)
        .as("cores that an idle pipeline takes when the clock is %s ahead", ahead)
        .isLessThan(before + MORE_CPU);
    return idle;
  }

  /** How many cores the process and its workers take while nothing comes. */
  private static double idle(Process process) {
    long begin = System.nanoTime();
    long cpu = cpuNanos(process);
    pass(IDLE);
    return (double) (cpuNanos(process) - cpu) / (System.nanoTime() - begin);
  }

  private static long cpuNanos(Process process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    return all.stream()
        .mapToLong(one -> one.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
        .sum();
  }

  /** How long records took from a place in the output on, and the longest time without any. */
  private static String delays(SteadyLoad load, Arrivals arrivals, int from) {
    List<Arrivals.Arrival> some = arrivals.all();
    some = some.subList(from, some.size());
    long[] millis =
        some.stream()
            .mapToLong(a -> (a.nanos() - load.sent().getOrDefault(a.id(), 0L)) / 1_000_000)
            .sorted()
            .toArray();
    long gap = 0;
    for (int i = 1; i < some.size(); i++) {
      gap = Math.max(gap, some.get(i).nanos() - some.get(i - 1).nanos());
    }
    return "%d records, delay p50 %d, p99 %d, max %d ms, longest silence %d ms"
        .formatted(
            millis.length,
            millis[millis.length / 2],
            millis[millis.length * 99 / 100],
            millis[millis.length - 1],
            gap / 1_000_000);
  }

  /** What the functions' clocks showed, against the clock here. */
  private static Set<Long> hoursAhead(List<Arrivals.Arrival> arrived) {
    long wall = System.currentTimeMillis();
    long nanos = System.nanoTime();
    return arrived.stream()
        .map(a -> {
          long real = wall + (a.nanos() - nanos) / 1_000_000;
          return Math.round((double) (a.at() - real) / HOUR.toMillis());
        })
        .collect(Collectors.toSet());
  }
}
