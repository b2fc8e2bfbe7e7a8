package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.api.WorkerPriority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * P2: an empty call through {@code ProcessPool} and back, one at a time, against a byte through two
 * pipes in C and against Python's ProcessPoolExecutor; with idle cores and with busy ones.
 */
final class RoundTrip implements Claim {
  private static final String FOREBAY = "ProcessPool";
  private static final String LOW = "ProcessPool, priority low";
  private static final String C = "C, a byte through two pipes";
  private static final String PYTHON = "Python's ProcessPoolExecutor";

  /** What no round trip between processes can be much faster than. */
  private record Floor(String name, List<String> command) {}

  /** Median and 99th percentile, in nanoseconds. */
  private record Times(double median, double p99) {}

  private interface Peer {
    Times trips(int count) throws Exception;
  }

  @Override
  public String id() {
    return "P2";
  }

  @Override
  public String title() {
    return "the round trip of an empty call, against C's pipes and Python's pool";
  }

  @Override
  public void measure(Session session) throws Exception {
    try (Field field = Field.start(session)) {
      Contest idle = field.contest(session, "P2: round trip, idle cores");
      Series forebay = idle.series(FOREBAY + ", p50");
      session.atMost(
          "p50 over " + field.floor.name + ", idle cores",
          forebay.over(idle.series(field.floor.name + ", p50")),
          2.5);
      session.atMost(
          "p50 over Python's, idle cores", forebay.over(idle.series(PYTHON + ", p50")), 0.1);
      List<Subprocess> load = new ArrayList<>();
      try {
        for (int core = 0; core < Runtime.getRuntime().availableProcessors(); core++) {
          load.add(Subprocess.start(Rivals.script("busy.py")));
        }
        Contest busy = field.contest(session, "P2: round trip, every core busy");
        session.atMost(
            "p99 over Python's, every core busy",
            busy.series(FOREBAY + ", p99").over(busy.series(PYTHON + ", p99")),
            0.2);
        session.note(
            "p99 of workers at low priority over Python's, every core busy: "
                + Series.digits(
                    busy.series(LOW + ", p99").over(busy.series(PYTHON + ", p99")).median())
                + " ×");
      } finally {
        for (Subprocess one : load) {
          one.close();
        }
      }
    }
  }

  /** The round trips with idle cores. */
  static Contest idle(Session session) throws Exception {
    try (Field field = Field.start(session)) {
      return field.contest(session, "P2: round trip, idle cores");
    }
  }

  /** All who take part. */
  private record Field(
      Floor floor, Subprocess pipes, Subprocess python, PoolWorkload pool, PoolWorkload low)
      implements AutoCloseable {

    static Field start(Session session) throws IOException {
      Floor floor = RoundTrip.floor(session);
      return new Field(
          floor,
          Subprocess.start(floor.command),
          Subprocess.start(Rivals.script("empty_pool.py")),
          pool(WorkerPriority.NORMAL),
          pool(WorkerPriority.LOW));
    }

    private static PoolWorkload pool(WorkerPriority priority) throws IOException {
      FunctionSpec nothing = FunctionSpec.of(Nothing.class.getName());
      return PoolWorkload.start(Placement.PROCESSES, priority, nothing, 1, 1, 1);
    }

    /** Each one's median is measured; its 99th percentile comes from the same trips. */
    Contest contest(Session session, String title) throws Exception {
      int trips = session.scaled(20_000, 200);
      Map<String, Peer> peers = new LinkedHashMap<>();
      peers.put(floor.name, count -> answer(pipes, count));
      peers.put(FOREBAY, count -> sorted(pool.roundTripNanos(count)));
      peers.put(LOW, count -> sorted(low.roundTripNanos(count)));
      peers.put(PYTHON, count -> answer(python, count / 10));
      Contest contest = new Contest(title, "µs");
      peers.forEach((name, peer) -> {
        Times[] last = new Times[1];
        contest.add(
            name + ", p50",
            () -> {
              last[0] = peer.trips(trips);
              return last[0].median() / 1e3;
            });
        contest.add(name + ", p99", () -> last[0].p99() / 1e3);
      });
      return session.run(contest, 2);
    }

    @Override
    public void close() throws IOException {
      low.close();
      pool.close();
      python.close();
      pipes.close();
    }
  }

  /** In C, or in Python where there is no C compiler. */
  private static Floor floor(Session session) throws IOException {
    Path binary = session.file("pingpong");
    Path source = Rivals.repository().resolve("testing/benchmarks/src/main/c/pingpong.c");
    try {
      Subprocess.run(List.of("cc", "-O2", "-o", binary.toString(), source.toString()));
      return new Floor(C, List.of(binary.toString()));
    } catch (IOException e) {
      session.note("absent: a C compiler; the floor is Python's instead, which is slower");
      return new Floor("Python, a byte through two pipes", Rivals.script("pingpong.py"));
    }
  }

  private static Times answer(Subprocess peer, int trips) throws IOException {
    String[] words = peer.ask(Integer.toString(trips)).split(" ", -1);
    return new Times(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
  }

  private static Times sorted(long[] nanos) {
    Arrays.sort(nanos);
    return new Times(nanos[nanos.length / 2], nanos[nanos.length * 99 / 100]);
  }
}
