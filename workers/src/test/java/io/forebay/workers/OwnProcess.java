package io.forebay.workers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a class of the tests in a process of its own, which has its own temporary folder. */
public final class OwnProcess {
  private OwnProcess() {}

  /** Runs {@code main} to its end; what it prints is printed here. */
  public static int run(Path temporary, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Djava.io.tmpdir=" + temporary);
    System.getProperties()
        .forEach((key, value) -> {
          if (key.toString().startsWith("forebay.")) {
            command.add("-D" + key + "=" + value);
          }
        });
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader printed = process.inputReader(StandardCharsets.UTF_8)) {
      printed.lines().forEach(System.out::println);
      return process.waitFor();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
