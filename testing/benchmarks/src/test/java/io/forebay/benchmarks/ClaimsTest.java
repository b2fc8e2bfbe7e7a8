package io.forebay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every measurement runs to its end, so that none rots; how fast it was is not looked at. Those
 * that take longest only with {@code -Dforebay.long=true}.
 */
final class ClaimsTest {
  static final boolean LONG = Boolean.getBoolean("forebay.long");

  /** Of starts, of large files, of many sizes: three quarters of the time of all. */
  private static final Set<String> SLOW =
      Set.of("P5", "P7", "P8", "P9", "P10", "P12", "P13", "P14", "F1", "F2");

  // Beneath the working folder, where pipeline files may have their files.
  private final Path folder = Path.of("target", "short").toAbsolutePath();

  @ParameterizedTest
  @MethodSource("ids")
  void claim_is_measured_when_short(String id) throws Exception {
    Claim claim = Main.claims().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    Main.measure(claim, true, folder);
    assertThat(folder.resolve("results/" + id + ".json"))
        .content()
        .contains("\"short\" : true", "\"verdicts\" : [ {");
  }

  @Test
  void micro_benchmarks_run_when_short() throws Exception {
    Micro.run(true, folder);
    assertThat(Files.readString(folder.resolve("micro.json"))).contains("SlotBenchmark.append");
  }

  static List<String> ids() {
    return Main.claims().stream().map(Claim::id).filter(id -> LONG || !SLOW.contains(id)).toList();
  }
}
