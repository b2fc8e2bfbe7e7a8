package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher with stand-ins for the JDK and for Maven, in folders with awkward names. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "..", "forebay").toAbsolutePath().normalize();

  /** A JVM that tells how it was called, and makes a cache if asked to. */
  private static final String JAVA =
      """
      #!/bin/sh
      for arg; do
        case $arg in -XX:AOTCacheOutput=*) echo cache >"${arg#*=}"; exit ;; esac
        [ "$trains" ] && { echo cache of workers >"$arg"; exit; }
        case $arg in *.AotTraining) trains=yes ;; esac
      done
      echo "process $$"
      echo "folder $PWD"
      for arg; do echo "argument $arg"; done
      """;

  private static final String JAVA_WITHOUT_CACHES = JAVA.replaceAll("echo cache[^>]*>", ": ");

  private static final String MAVEN =
      """
      #!/bin/sh
      echo built >>builds.log
      mkdir -p cli/target/forebay/lib
      : >cli/target/forebay/lib/forebay-cli.jar
      """;

  @TempDir private Path temp;
  private Path home;
  private Path jdk;

  @BeforeEach
  void makeHomeAndJdk() throws IOException {
    home = Files.createDirectories(temp.toRealPath().resolve("a home $(of) it's own"));
    jdk = temp.resolve("a jdk");
    Files.copy(LAUNCHER, home.resolve("forebay"));
    script(jdk.resolve("bin/java"), JAVA);
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.9\"\n");
  }

  @Test
  void becomes_the_jvm_with_the_callers_folder_and_arguments_when_called_through_a_symlink()
      throws Exception {
    Path bin = Files.createDirectories(temp.resolve("some bin"));
    Files.createSymbolicLink(bin.resolve("forebay"), bin.relativize(home.resolve("forebay")));
    Files.createSymbolicLink(bin.resolve("fb"), Path.of("forebay"));

    Run run = run(bin.resolve("fb"), "run", "my plant.yaml", "*", "");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("process " + run.process(), "folder " + temp.toRealPath());
    assertThat(run.out())
        .endsWith(
            "argument io.forebay.cli.Main",
            "argument run",
            "argument my plant.yaml",
            "argument *",
            "argument ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void uses_the_cache_of_this_jdk_when_one_could_be_made() throws Exception {
    Path cache = home.resolve("forebay-25.0.9.aot");

    Run run = run(home.resolve("forebay"));

    assertThat(run.out()).contains("argument -XX:AOTCache=" + cache);
    assertThat(cache).content().isEqualTo("cache\n");
    Path ofWorkers = home.resolve("forebay-workers-25.0.9.aot");
    assertThat(run.out()).contains("argument -Dio.forebay.workers.aotCache=" + ofWorkers);
    assertThat(ofWorkers).content().isEqualTo("cache of workers\n");
  }

  @Test
  void uses_the_runtime_beside_it_when_it_is_a_package() throws Exception {
    script(home.resolve("runtime/bin/java"), JAVA.replace("echo \"process", "echo \"packaged"));
    Files.writeString(home.resolve("runtime/release"), "JAVA_VERSION=\"25.0.3\"\n");
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(home.resolve("lib/commit"), "0123456789 2026-01-01\n");

    Run run = run(Map.of(), home.resolve("forebay"));

    assertThat(run.out()).first().asString().startsWith("packaged ");
    assertThat(home.resolve("forebay-25.0.3-0123456789.aot")).exists();
  }

  @Test
  void runs_without_a_cache_when_none_could_be_made() throws Exception {
    script(jdk.resolve("bin/java"), JAVA_WITHOUT_CACHES);

    Run run = run(home.resolve("forebay"), "top");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .endsWith("argument top")
        .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("aotcache="));
  }

  @Test
  void refuses_in_one_sentence_when_the_jdk_it_is_told_to_use_is_too_old() throws Exception {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");

    Run run = run(home.resolve("forebay"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("FOREBAY_JAVA_HOME", "JDK 25");
  }

  @Test
  void asks_the_jvm_when_the_jdk_has_no_release_file() throws Exception {
    Files.delete(jdk.resolve("release"));
    script(
        jdk.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"25.0.7\" 2026-01-01' >&2\n");

    assertThat(run(home.resolve("forebay")).code()).isZero();
    assertThat(home.resolve("forebay-25.0.7.aot")).isEmptyFile();
  }

  @Test
  void says_how_to_get_a_jdk_when_it_finds_none() throws Exception {
    String text = Files.readString(LAUNCHER).replaceFirst("(?m)^WANTED=\\d+", "WANTED=99");
    script(home.resolve("forebay"), text);

    Run run = run(Map.of(), home.resolve("forebay"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("JDK 99", "https://adoptium.net");
  }

  @Test
  void builds_again_only_when_a_source_of_the_application_changed() throws Exception {
    makeCheckout(MAVEN);
    Path source = touch("engine/src/main/java/A.java", -60);
    touch("engine/src/test/java/ATest.java", 60);
    touch("testing/faults/src/main/java/B.java", 60);
    touch("engine/target/src/main/java/C.java", 60);

    Run first = run(home.resolve("forebay"), "top");
    Run second = run(home.resolve("forebay"), "top");
    assertThat(builds()).hasSize(1);
    touch(home.relativize(source).toString(), 60);
    run(home.resolve("forebay"), "top");
    assertThat(builds()).hasSize(2);

    assertThat(first.err()).singleElement().asString().contains("building");
    assertThat(first.out()).endsWith("argument top");
    assertThat(second.err()).isEmpty();
  }

  @Test
  void builds_again_when_the_last_build_failed() throws Exception {
    makeCheckout("#!/bin/sh\necho no such class\nexit 1\n");

    Run failed = run(home.resolve("forebay"));
    script(home.resolve("mvnw"), MAVEN);
    Run repaired = run(home.resolve("forebay"));

    assertThat(failed.code()).isEqualTo(2);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("no such class").last().asString().contains("build failed");
    assertThat(repaired.code()).isZero();
  }

  @Test
  void builds_when_the_launcher_that_was_building_was_killed() throws Exception {
    makeCheckout(MAVEN);
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Files.createDirectories(home.resolve("cli/target"));
    Files.writeString(home.resolve("cli/target/forebay.lock"), dead.pid() + "\n");

    assertThat(run(home.resolve("forebay")).code()).isZero();
    assertThat(builds()).hasSize(1);
    assertThat(home.resolve("cli/target/forebay.lock")).doesNotExist();
  }

  private void makeCheckout(String mavenWrapper) throws IOException {
    touch("pom.xml", -60);
    script(home.resolve("mvnw"), mavenWrapper);
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(home.resolve("builds.log"));
  }

  private Path touch(String name, int secondsFromNow) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    long millis = System.currentTimeMillis() + Duration.ofSeconds(secondsFromNow).toMillis();
    return Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Run run(Path launcher, String... args) throws Exception {
    return run(Map.of("FOREBAY_JAVA_HOME", jdk.toString()), launcher, args);
  }

  private Run run(Map<String, String> environment, Path launcher, String... args) throws Exception {
    Path out = temp.resolve("out");
    Path err = temp.resolve("err");
    var builder =
        new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(args)).toList())
            .directory(temp.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FOREBAY_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Run(
        process.pid(), process.waitFor(), Files.readAllLines(out), Files.readAllLines(err));
  }

  private record Run(long process, int code, List<String> out, List<String> err) {}
}
