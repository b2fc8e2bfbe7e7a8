package io.forebay.benchmarks;

import io.forebay.Batch;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float64ListColumn;
import io.forebay.workers.api.FunctionSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * F1: the function {@code PowerSpectrum} on bursts that lie in a slot, one thread, against {@code
 * scipy.signal.welch} on an array of them, in one call and in a call a burst; the better one
 * counts. SciPy is given float64 in memory and hands nothing on.
 */
final class Spectra implements Claim {
  private static final int BURSTS = 64;
  private static final int RATE = 25_600;
  private static final String OURS = "PowerSpectrum";
  private static final String ALL = "scipy.signal.welch, all bursts in one call";
  private static final String EACH = "scipy.signal.welch, a call a burst";

  @Override
  public String id() {
    return "F1";
  }

  @Override
  public String title() {
    return "spectra of bursts against scipy.signal.welch, one thread each";
  }

  @Override
  public void measure(Session session) throws Exception {
    int samples = session.scaled(RATE, 4096);
    double[][] bursts = bursts(samples);
    boolean scipy = Rivals.pythonHas("scipy");
    if (!scipy) {
      session.note("absent: scipy, which " + Rivals.python() + " does not have");
    }
    for (int segment : session.brief() ? new int[] {1024} : new int[] {256, 1024, 4096}) {
      if (scipy) {
        compare(session, bursts, segment);
      } else {
        Contest contest = new Contest("F1: segments of " + segment, "samples/s");
        try (SlotCall ours = ours(bursts, segment)) {
          contest.add(OURS, () -> rate(bursts, 1, ours.seconds(1)));
          session.run(contest, 1);
        }
        session.atLeast("measured, segments of " + segment, contest.series(OURS), 0);
      }
    }
  }

  private static void compare(Session session, double[][] bursts, int segment) throws Exception {
    int times = session.scaled(10, 1);
    Path file = write(session.file("bursts.f64"), bursts);
    try (SlotCall ours = ours(bursts, segment);
        Subprocess scipy =
            Subprocess.start(
                Rivals.script(
                    "welch.py",
                    file.toString(),
                    Integer.toString(bursts.length),
                    Integer.toString(bursts[0].length),
                    Integer.toString(RATE),
                    Integer.toString(segment)))) {
      Contest contest = new Contest("F1: segments of " + segment, "samples/s");
      contest.add(OURS, () -> rate(bursts, times, ours.seconds(times)));
      contest.add(ALL, () -> rate(bursts, times, answer(scipy, "all " + times)[0]));
      contest.add(EACH, () -> rate(bursts, times, answer(scipy, "each " + times)[0]));
      session.run(contest, 3);
      Series better = Series.best(List.of(contest.series(ALL), contest.series(EACH)));
      session.atLeast(
          OURS + " over " + better.name() + ", segments of " + segment,
          contest.series(OURS).over(better),
          0.8);
      same(sum(ours.results()), answer(scipy, "all 1")[1]);
    }
  }

  private static SlotCall ours(double[][] bursts, int segment) {
    FunctionSpec spec =
        new FunctionSpec(
            "io.forebay.functions.spectra.PowerSpectrum",
            Map.of("rate", Integer.toString(RATE), "segment", Integer.toString(segment)));
    int samples = bursts[0].length;
    long bytes =
        Math.ceilDiv((1L << 20) + 32L * bursts.length * (samples + segment), 4096L) * 4096L;
    return new SlotCall(
        spec,
        Schema.of(Field.of("samples", ColumnType.FLOAT64_LIST)),
        bursts.length,
        bytes,
        (row, number) -> row.setDoubles(0, bursts[number], 0, samples));
  }

  private static double[] answer(Subprocess scipy, String request) throws IOException {
    String[] parts = scipy.ask(request).split(" ", -1);
    return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
  }

  private static double rate(double[][] bursts, int times, double seconds) {
    return (double) times * bursts.length * bursts[0].length / seconds;
  }

  private static double sum(Batch results) {
    Float64ListColumn densities = results.list("psd");
    double sum = 0;
    for (int row = 0; row < results.rows(); row++) {
      for (double density : densities.get(row)) {
        sum += density;
      }
    }
    return sum;
  }

  private static void same(double ours, double theirs) {
    if (!(Math.abs(ours - theirs) <= 1e-9 * Math.abs(theirs))) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "the densities add up to %s, those of SciPy to %s", ours, theirs));
    }
  }

  private static double[][] bursts(int samples) {
    SplittableRandom random = new SplittableRandom(58);
    double[][] bursts = new double[BURSTS][samples];
    for (double[] burst : bursts) {
      double hertz = random.nextDouble(10, RATE / 2.0);
      for (int i = 0; i < samples; i++) {
        burst[i] = Math.sin(2 * Math.PI * hertz * i / RATE) + random.nextDouble(-0.5, 0.5);
      }
    }
    return bursts;
  }

  private static Path write(Path file, double[][] bursts) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 * bursts.length * bursts[0].length).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] burst : bursts) {
      for (double sample : burst) {
        bytes.putDouble(sample);
      }
    }
    return Files.write(file, bytes.array());
  }
}
