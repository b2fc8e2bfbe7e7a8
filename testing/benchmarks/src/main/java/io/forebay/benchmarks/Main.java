package io.forebay.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures claims: {@code tools/bench P1 P8}, {@code tools/bench all --short}. */
public final class Main {
  private static final List<Claim> CLAIMS =
      List.of(
          new LecturePool(),
          new RoundTrip(),
          new IsolationCost(),
          new Parallelism(),
          new AdaptiveBatches(),
          new EventLoopDelay(),
          new WorkerStart(),
          new JsonLines(),
          new FlatMemory(),
          new StartUp(),
          new CostGrowth(),
          new PythonPools(),
          new MqttIngest(),
          new NetworkIngest(),
          new StoreSinks(),
          new KafkaReading(),
          new RecordParsing(),
          new ProtectionCost(),
          new MeterPrice(),
          new Spectra(),
          new WindowStatistics(),
          new Inference());

  private Main() {}

  /** See {@code docs/benchmarks.md}. */
  public static void main(String[] arguments) throws Exception {
    boolean brief = false;
    boolean micro = false;
    boolean lecture = false;
    List<Claim> chosen = new ArrayList<>();
    for (String argument : arguments) {
      switch (argument) {
        case "--short" -> brief = true;
        case "micro" -> micro = true;
        case "lecture" -> lecture = true;
        case "all" -> {
          micro = true;
          chosen.addAll(CLAIMS);
        }
        default -> chosen.add(named(argument));
      }
    }
    if (chosen.isEmpty() && !micro && !lecture) {
      System.out.println("usage: tools/bench CLAIM… [--short]");
      System.out.println("  all   all of these");
      System.out.println("  micro single operations, with JMH");
      System.out.println("  lecture  the figures of docs/guide/lecture.md, written into it");
      CLAIMS.forEach(claim -> System.out.printf("  %-5s %s%n", claim.id(), claim.title()));
      return;
    }
    Path target = Rivals.repository().resolve("testing/benchmarks/target");
    for (Claim claim : chosen) {
      measure(claim, brief, target);
    }
    if (lecture) {
      Lecture.run(brief, target);
    }
    if (micro) {
      Micro.run(brief, target.resolve("results"));
    }
  }

  /** Measures one claim; prints the table, writes the JSON. */
  static Report measure(Claim claim, boolean brief, Path target) throws Exception {
    Session session = new Session(brief, target.resolve("data"));
    Machine machine = Machine.here();
    claim.measure(session);
    Report report = new Report(claim, session, machine);
    report.print(System.out);
    report.write(target.resolve("results").resolve(claim.id() + ".json"));
    return report;
  }

  static List<Claim> claims() {
    return CLAIMS;
  }

  private static Claim named(String id) {
    return CLAIMS.stream()
        .filter(claim -> claim.id().equalsIgnoreCase(id))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no claim is called '"
                    + id
                    + "': choose from all, "
                    + String.join(", ", CLAIMS.stream().map(Claim::id).toList())));
  }
}
