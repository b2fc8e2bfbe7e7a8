package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * P10: from the start of {@code forebay run} to the first record in the output file, and how much
 * memory the engine and its workers hold while hardly anything arrives.
 */
final class StartUp implements Claim {
  @Override
  public String id() {
    return "P10";
  }

  @Override
  public String title() {
    return "start of forebay run to the first delivered record; resident size while idle";
  }

  @Override
  public void measure(Session session) throws Exception {
    Contest contest = new Contest("P10: start to first delivered record", "s");
    for (String placement : List.of("processes", "threads", "inline")) {
      contest.add(placement, () -> firstDelivery(session, placement));
    }
    session.run(contest, 1);
    session.atMost("first delivered record, on: processes", contest.series("processes"), 1);
    idle(session, "processes");
    idle(session, "inline");
  }

  private static double firstDelivery(Session session, String placement) throws Exception {
    Path out = session.file("start.jsonl");
    Files.deleteIfExists(out); // here, so that it is not the run before it whose record is seen
    long begin = System.nanoTime();
    Process process = start(session, placement, out);
    try {
      while (!Files.exists(out) || Files.size(out) == 0) {
        if (!process.isAlive() || System.nanoTime() - begin > 60e9) {
          throw new IllegalStateException(
              "nothing was delivered: " + Files.readString(session.file("start.out")));
        }
        TimeUnit.MICROSECONDS.sleep(500);
      }
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      end(process);
    }
  }

  private static void idle(Session session, String placement) throws Exception {
    Path out = session.file("idle.jsonl");
    Process process = start(session, placement, out);
    try {
      // Let it start and settle before the samples that count.
      ResidentSize.sample(process, session.scaled(10, 2), 500);
      List<ResidentSize> samples = ResidentSize.sample(process, session.scaled(10, 2), 500);
      session.note(
          "idle, on: "
              + placement
              + ": engine alone "
              + Series.digits(samples.getLast().engine())
              + " MiB, its workers "
              + Series.digits(samples.getLast().workers())
              + " MiB, all with shared pages once "
              + Series.digits(samples.getLast().together())
              + " MiB");
      List<Double> together = new ArrayList<>();
      samples.forEach(sample -> together.add(sample.together()));
      session.atMost(
          "idle, engine and workers together, on: " + placement,
          new Series(placement, "MiB", together),
          200);
    } finally {
      end(process);
    }
  }

  /** One reading a second: alive, and idle. */
  private static Process start(Session session, String placement, Path out) throws IOException {
    Path pipeline =
        ForebayCommand.pipeline(
            session.file("start-" + placement + ".yaml"),
            """
            name: start
            sources:
              - { name: sensor, type: simulated, sensors: 1, records: 1000000, rate: 1, seed: 1 }
            stages:
              - { name: features, cpu: %s, on: %s }
            sinks:
              - { type: jsonl, path: %s }
            """
                .formatted(PoolWorkload.LECTURE, placement, out));
    List<String> command = new ArrayList<>(ForebayCommand.run(pipeline));
    command.add("--fresh"); // the run before it was killed
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(session.file("start.out").toFile())
        .start();
  }

  private static void end(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor();
  }
}
