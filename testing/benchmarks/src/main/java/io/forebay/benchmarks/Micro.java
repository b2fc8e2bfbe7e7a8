package io.forebay.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The benchmarks of single operations, with JMH. */
final class Micro {
  private Micro() {}

  /** Runs all of them; JMH prints the table and writes the JSON. */
  static void run(boolean brief, Path results) throws Exception {
    Files.createDirectories(results);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("io\\.forebay\\.benchmarks\\..*Benchmark")
            .resultFormat(ResultFormatType.JSON)
            .result(results.resolve("micro.json").toString())
            .jvmArgs("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC");
    if (brief) {
      // In this JVM: what is shown is that they run.
      options
          .forks(0)
          .warmupIterations(0)
          .measurementIterations(1)
          .measurementTime(TimeValue.milliseconds(20));
    } else {
      options
          .forks(2)
          .warmupIterations(3)
          .warmupTime(TimeValue.seconds(1))
          .measurementIterations(5)
          .measurementTime(TimeValue.seconds(1));
    }
    try {
      new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException("the micro benchmarks did not run", e);
    }
  }
}
