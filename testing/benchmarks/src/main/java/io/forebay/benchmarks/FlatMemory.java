package io.forebay.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * P9: memory stays flat, for a minute under ten times the load that the function can take, and with
 * a file a hundred times larger than the forebay.
 */
final class FlatMemory implements Claim {
  /** Two workers at 20 µs a record take 100,000 records/s; ten times that is offered. */
  private static final int MICROS = 20;

  @Override
  public String id() {
    return "P9";
  }

  @Override
  public String title() {
    return "resident size under 10× overload, and with a file 100× larger than the forebay";
  }

  @Override
  public void measure(Session session) throws Exception {
    overload(session);
    largeFile(session);
  }

  private static void overload(Session session) throws Exception {
    Path pipeline =
        ForebayCommand.pipeline(
            session.file("overload.yaml"),
            """
            name: overload
            sources:
              - { name: flood, type: simulated, sensors: 4, records: 1000000000, rate: 1000000, seed: 1 }
            stages:
              - name: burn
                cpu: io.forebay.benchmarks.Burn
                parameters: { micros: "%d" }
                on: processes
                workers: 2
            sinks:
              - { type: jsonl, path: %s }
            """
                .formatted(MICROS, session.file("overload.jsonl")));
    double settle = session.scaled(10, 3);
    double measured = session.scaled(60, 7);
    List<ResidentSize> samples =
        samples(ForebayCommand.runWithOwnFunctions(pipeline), settle + measured, 500, session);
    judge(
        session,
        "10× overload for " + (int) measured + " s",
        afterSettling(samples, settle / (settle + measured)));
  }

  private static void largeFile(Session session) throws Exception {
    int records = session.scaled(20_000_000, 100_000);
    Path in = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    // 72 bytes a record; slots that together are a hundredth of the file.
    int slots = 14;
    long slotBytes = records * 72L / 100 / slots / 4096 * 4096;
    Path pipeline =
        ForebayCommand.pipeline(
            session.file("large-file.yaml"),
            """
            name: large-file
            sources:
              - name: file
                type: file
                path: %s
                format: jsonl
                fields: { sensorId: string, timestamp: timestamp-ms, value: float64 }
            forebay: { slots: %d, slotSize: %dB }
            stages:
              - { name: features, cpu: %s, on: processes, workers: 2 }
            sinks:
              - { type: jsonl, path: %s }
            """
                .formatted(
                    in, slots, slotBytes, PoolWorkload.LECTURE, session.file("large-file.jsonl")));
    List<ResidentSize> samples = samples(ForebayCommand.run(pipeline), 300, 20, session);
    judge(session, "file 100× the forebay", afterSettling(samples, 0.5));
  }

  private static List<ResidentSize> samples(
      List<String> command, double seconds, long intervalMillis, Session session)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(session.file("memory.out").toFile())
            .start();
    try {
      return ResidentSize.sample(process, seconds, intervalMillis);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.waitFor();
    }
  }

  private static List<ResidentSize> afterSettling(List<ResidentSize> samples, double share) {
    if (samples.size() < 5) {
      throw new IllegalStateException(
          "the process ended after " + samples.size() + " samples; see memory.out");
    }
    return samples.subList((int) (samples.size() * share), samples.size());
  }

  private static void judge(Session session, String situation, List<ResidentSize> samples) {
    List<Double> growth = new ArrayList<>();
    double first = samples.getFirst().together();
    samples.forEach(sample -> growth.add(sample.together() / first));
    double largest = growth.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    session.note(
        situation
            + ": engine "
            + range(samples, ResidentSize::engine)
            + " MiB, workers together "
            + range(samples, ResidentSize::workers)
            + " MiB, all with shared pages once "
            + range(samples, ResidentSize::together)
            + " MiB, "
            + samples.size()
            + " samples");
    session.atMost(
        situation + ": largest over first size", new Series("growth", "×", List.of(largest)), 1.1);
  }

  private static String range(List<ResidentSize> samples, ToDoubleFunction<ResidentSize> size) {
    var statistics = samples.stream().mapToDouble(size).summaryStatistics();
    return Series.digits(statistics.getMin()) + "–" + Series.digits(statistics.getMax());
  }
}
