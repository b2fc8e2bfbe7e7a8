package io.forebay.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The wall clock of processes that are started with {@link #java}, as libfaketime shows it to them:
 * it can be set while they run. Their monotonic clock is the machine's.
 */
final class WallClock {
  /** A jump is seen within so long. */
  static final Duration SEEN_WITHIN = Duration.ofMillis(1200);

  private final Path setting;
  private final Path java;

  private WallClock(Path folder, Path library) throws IOException {
    setting = folder.resolve("clock");
    Path jdk = Path.of(System.getProperty("java.home"));
    Path home = folder.resolve("jdk");
    java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.createSymbolicLink(home.resolve("lib"), jdk.resolve("lib"));
    Files.createSymbolicLink(home.resolve("conf"), jdk.resolve("conf"));
    Files.writeString(
        java,
        """
        #!/bin/sh
        export JAVA_HOME='%s'
        export LD_PRELOAD='%s'
        export FAKETIME_TIMESTAMP_FILE='%s'
        export FAKETIME_CACHE_DURATION=1
        export FAKETIME_DONT_FAKE_MONOTONIC=1
        # Else waits for a time of the monotonic clock return at once.
        export FAKETIME_FORCE_MONOTONIC_FIX=0
        export NO_FAKE_STAT=1
        exec '%s' "$@"
        """
            .formatted(home, library, setting, jdk.resolve("bin/java")));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  /** A clock that is right; skips the test where libfaketime is not installed. */
  static WallClock in(Path folder) throws IOException {
    List<Path> libraries;
    try (Stream<Path> architectures = Files.list(Path.of("/usr/lib"))) {
      libraries =
          architectures
              .map(architecture -> architecture.resolve("faketime/libfaketimeMT.so.1"))
              .filter(Files::isReadable)
              .toList();
    }
    assumeTrue(
        !libraries.isEmpty(),
        "libfaketime is not installed: apt-get install libfaketime runs this test");
    WallClock clock = new WallClock(folder.toRealPath(), libraries.getFirst());
    clock.set(Duration.ZERO);
    return clock;
  }

  /** Starts a virtual machine with this clock. */
  Path java() {
    return java;
  }

  /** From now on the clock is so much ahead of the machine's, or behind it. */
  void set(Duration ahead) throws IOException {
    Path next = setting.resolveSibling("clock.next");
    Files.writeString(next, "%+d%n".formatted(ahead.toSeconds()));
    Files.move(next, setting, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The command, whose workers are started with {@link #java}, too. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      System.setProperty("java.home", System.getenv("JAVA_HOME"));
      io.forebay.cli.Main.main(arguments);
    }
  }
}
