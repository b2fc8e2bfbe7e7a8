package io.forebay.cli.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wheel, installed and used as a data scientist would, with this build's command. */
final class PythonPackageTest {
  private static final Path PYTHON = Path.of("../python").toAbsolutePath().normalize();
  private static final boolean LONG = Boolean.getBoolean("forebay.long");

  @TempDir private static Path folder;

  private record Ended(int exitCode, String printed) {}

  @BeforeAll
  static void installs_the_wheel() throws Exception {
    assumeTrue(isPythonThere(), "there is no python3 that is 3.9 or newer");
    Path wheel = wheel(folder.resolve("dist"));
    // A wheel is an archive of what is installed: pip takes seconds to unpack it.
    List<String> install =
        LONG
            ? List.of("-m", "pip", "install", "-q", "--no-index", "--no-deps")
            : List.of("-m", "zipfile", "-e");
    List<String> places =
        LONG
            ? List.of("--target", site().toString(), wheel.toString())
            : List.of(wheel.toString(), site().toString());
    Ended ended = python(Stream.concat(install.stream(), places.stream()).toList());
    assertThat(ended.exitCode()).as(ended.printed()).isZero();
    Path command = folder.resolve("home/forebay");
    Files.createDirectories(command.getParent());
    Files.writeString(
        command,
        """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \\
          -cp '%s' %s "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Main.class.getName()));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void passes_its_own_tests_when_python_runs_them() throws Exception {
    Ended ended = python(List.of("-m", "unittest", "package_tests.test_package"));
    assertThat(ended.exitCode()).as(ended.printed()).isZero();
    assertThat(ended.printed()).contains("Ran ").contains("OK");
    ended
        .printed()
        .lines()
        .filter(line -> line.startsWith("Ran ") || line.startsWith("OK"))
        .forEach(System.out::println);
  }

  @Test
  void is_the_same_wheel_to_the_last_byte_when_it_is_built_again() throws Exception {
    assertThat(wheel(folder.resolve("again")))
        .hasSameBinaryContentAs(wheel(folder.resolve("dist")));
  }

  private static Path wheel(Path target) throws Exception {
    Ended built = python(List.of(PYTHON.resolve("build_wheel.py").toString(), target.toString()));
    assertThat(built.exitCode()).as(built.printed()).isZero();
    return Path.of(built.printed().strip());
  }

  private static boolean isPythonThere() throws Exception {
    try {
      return python(List.of("-c", "import sys; sys.exit(sys.version_info < (3, 9))")).exitCode()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Ended python(List<String> arguments) throws Exception {
    Path work = Files.createDirectories(folder.resolve("work"));
    List<String> command = Stream.concat(Stream.of("python3", "-B"), arguments.stream()).toList();
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    // The package as it was installed, and behind it the tests, whose folder has the sources.
    Map<String, String> environment = builder.environment();
    environment.put("PYTHONPATH", site() + ":" + PYTHON);
    environment.put("FOREBAY_HOME", folder.resolve("home").toString());
    environment.put("FOREBAY_LONG", String.valueOf(LONG));
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), printed);
  }

  private static Path site() {
    return folder.resolve("site");
  }
}
