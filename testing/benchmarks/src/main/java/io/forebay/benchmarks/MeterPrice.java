package io.forebay.benchmarks;

import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.BatchSize;
import io.forebay.engine.api.PipelineResult;
import io.forebay.engine.api.Stage;
import io.forebay.snapshot.Placement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * P14: what latency, bytes and heartbeat cost. Two JVMs, one of which measures them and one of
 * which does not ({@code -Dforebay.meters=off}), run the same pipeline in turns.
 */
final class MeterPrice implements Claim {
  private static final int BATCH = 1_000;

  @Override
  public String id() {
    return "P14";
  }

  @Override
  public String title() {
    return "throughput with meters against without, batches of 1,000";
  }

  @Override
  public void measure(Session session) throws Exception {
    int records = session.scaled(5_000_000, 50_000);
    try (Subprocess with = start(true);
        Subprocess without = start(false)) {
      Contest contest = new Contest("P14: batches of " + BATCH, "records/s");
      contest.add("meters", () -> recordsPerSecond(with, records));
      contest.add("none", () -> recordsPerSecond(without, records));
      session.run(contest, 3);
      session.atLeast(
          "meters over none", contest.series("meters").over(contest.series("none")), 0.98);
    }
  }

  private static double recordsPerSecond(Subprocess trial, int records) throws IOException {
    return Double.parseDouble(trial.ask(Integer.toString(records)));
  }

  private static Subprocess start(boolean meters) throws IOException {
    List<String> command =
        new ArrayList<>(
            ForebayCommand.java(System.getProperty("java.class.path"), Trial.class.getName()));
    if (!meters) {
      command.add(1, "-Dforebay.meters=off");
    }
    return Subprocess.start(command);
  }

  /** Runs a pipeline of so many records for each line on its input. */
  static final class Trial {
    private Trial() {}

    /** Answers each line with records a second. */
    public static void main(String[] arguments) throws Exception {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(run(Integer.parseInt(line)));
      }
    }

    private static double run(int records) throws InterruptedException {
      CountingSink sink = new CountingSink();
      long begin = System.nanoTime();
      try (Pipeline pipeline =
          Pipeline.builder("price")
              .source("sensors", new SimulatedSource(10, records / 10, 0, 1))
              .stage(
                  Stage.cpu("features", PoolWorkload.LECTURE)
                      .on(Placement.THREADS)
                      .workers(1)
                      .batch(BatchSize.of(BATCH)))
              .sink("count", sink)
              .build()) {
        if (!(pipeline.run() instanceof PipelineResult.Completed)) {
          throw new IllegalStateException("the pipeline did not complete");
        }
      }
      return sink.rows() / ((System.nanoTime() - begin) / 1e9);
    }
  }
}
