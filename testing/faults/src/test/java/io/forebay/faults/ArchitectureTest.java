package io.forebay.faults;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps the modules and the house rules as CONTRIBUTING.md draws them. */
final class ArchitectureTest {

  /** What user code compiles against: allowed together, as {@code io.forebay}. */
  private static final Set<String> API =
      Set.of(
          "io.forebay",
          "io.forebay.columns",
          "io.forebay.errors",
          "io.forebay.parameters",
          "io.forebay.snapshot",
          "io.forebay.tap");

  /** Each module's package, which may have others beneath it, and the modules that it may use. */
  private static final Map<String, Set<String>> MODULES =
      Map.ofEntries(
          module("io.forebay", "io.forebay.internal.text"),
          module("io.forebay.internal.concurrent"),
          module("io.forebay.internal.files", "io.forebay"),
          module("io.forebay.internal.log"),
          module("io.forebay.internal.events"),
          module("io.forebay.internal.meters"),
          module("io.forebay.internal.text"),
          module("io.forebay.internal.rows", "io.forebay"),
          module("io.forebay.internal.windows", "io.forebay"),
          module("io.forebay.slots", "io.forebay"),
          module(
              "io.forebay.workers",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.events",
              "io.forebay.internal.meters",
              "io.forebay.slots"),
          module(
              "io.forebay.engine",
              "io.forebay",
              "io.forebay.internal.rows",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.files",
              "io.forebay.internal.events",
              "io.forebay.internal.log",
              "io.forebay.internal.meters",
              "io.forebay.internal.text",
              "io.forebay.internal.windows",
              "io.forebay.slots",
              "io.forebay.workers"),
          module("io.forebay.observe", "io.forebay", "io.forebay.internal.text"),
          module("io.forebay.functions", "io.forebay"),
          module("io.forebay.functions.onnx", "io.forebay", "io.forebay.internal.files"),
          module("io.forebay.functions.spectra", "io.forebay"),
          module("io.forebay.functions.sql", "io.forebay", "io.forebay.connectors.duckdb"),
          module(
              "io.forebay.spool",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.files",
              "io.forebay.internal.rows"),
          module(
              "io.forebay.connectors.net",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.formats"),
          module(
              "io.forebay.connectors.http",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.files",
              "io.forebay.formats",
              "io.forebay.connectors.net"),
          module(
              "io.forebay.dashboard",
              "io.forebay",
              "io.forebay.observe",
              "io.forebay.formats",
              "io.forebay.connectors.net"),
          module(
              "io.forebay.profile",
              "io.forebay",
              "io.forebay.internal.files",
              "io.forebay.slots",
              "io.forebay.workers"),
          module("io.forebay.connectors.duckdb", "io.forebay", "io.forebay.internal.files"),
          module(
              "io.forebay.connectors.mqtt",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.formats"),
          module("io.forebay.mqttbroker"),
          module("io.forebay.formats", "io.forebay"),
          module("io.forebay.connectors.simulated", "io.forebay"),
          module(
              "io.forebay.connectors.file",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.files",
              "io.forebay.formats"),
          module("io.forebay.connectors.kafka", "io.forebay", "io.forebay.formats"),
          module("io.forebay.connectors.postgres", "io.forebay"),
          module("io.forebay.servers"),
          module(
              "io.forebay.otel",
              "io.forebay",
              "io.forebay.internal.events",
              "io.forebay.observe",
              "io.forebay.dashboard"),
          module(
              "io.forebay.config",
              "io.forebay",
              "io.forebay.internal.text",
              "io.forebay.slots",
              "io.forebay.workers",
              "io.forebay.engine",
              "io.forebay.observe",
              "io.forebay.functions",
              "io.forebay.spool",
              "io.forebay.formats",
              "io.forebay.connectors.simulated",
              "io.forebay.connectors.file",
              "io.forebay.connectors.net",
              "io.forebay.connectors.http",
              "io.forebay.connectors.duckdb",
              "io.forebay.connectors.kafka",
              "io.forebay.connectors.postgres",
              "io.forebay.connectors.mqtt"),
          module(
              "io.forebay.cli",
              "io.forebay",
              "io.forebay.internal.concurrent",
              "io.forebay.internal.files",
              "io.forebay.internal.log",
              "io.forebay.internal.rows",
              "io.forebay.internal.text",
              "io.forebay.slots",
              "io.forebay.workers",
              "io.forebay.engine",
              "io.forebay.observe",
              "io.forebay.dashboard",
              "io.forebay.otel",
              "io.forebay.profile",
              "io.forebay.functions",
              "io.forebay.spool",
              "io.forebay.connectors.simulated",
              "io.forebay.connectors.file",
              "io.forebay.connectors.net",
              "io.forebay.connectors.http",
              "io.forebay.connectors.duckdb",
              "io.forebay.connectors.mqtt",
              "io.forebay.mqttbroker",
              "io.forebay.connectors.kafka",
              "io.forebay.connectors.postgres",
              "io.forebay.config"),
          module(
              "io.forebay.testkit", "io.forebay", "io.forebay.slots", "io.forebay.internal.files"),
          module(
              "io.forebay.examples",
              "io.forebay",
              "io.forebay.workers",
              "io.forebay.engine",
              "io.forebay.functions",
              "io.forebay.connectors.simulated",
              "io.forebay.connectors.file"));

  /** No deadline hangs on it. */
  private static final String EPOCH_CLOCK = "io.forebay.engine.internal.measure.EpochClock";

  /**
   * The classes that may read a clock, draw random numbers or sleep, each with its reason. All
   * others are handed time and randomness, so that they also run under a seed in simulation.
   */
  private static final Set<String> MAY_READ_CLOCKS =
      Set.of(
          // The one clock that is handed in where nothing else is.
          "io.forebay.workers.api.MonotonicClock",
          // Draws the secret by which a worker is known.
          "io.forebay.workers.internal.launch.WorkerLauncher",
          // Draws the seed of a random test that was told to have a new one.
          "io.forebay.testkit.Seed",
          // Handed in as Waiting.
          "io.forebay.connectors.file.RealTime",
          // Keeps its sensors' pace.
          "io.forebay.connectors.simulated.SimulatedSource",
          // Measures how late its timers fire.
          "io.forebay.connectors.net.EventLoops",
          // Handed in as Ticker.
          "io.forebay.engine.internal.loops.SystemTicker",
          // Handed in, for how old rows are by their own time.
          EPOCH_CLOCK,
          // Only where it is made: how old a file gets is measured with the clock handed in.
          "io.forebay.connectors.duckdb.ParquetSink",
          // Only where it is made: when messages come is told by the clock handed in.
          "io.forebay.connectors.mqtt.MqttSource",
          // Spans have the wall clock's time; handed in to the rest of its package.
          "io.forebay.otel.Telemetry",
          // When something was said is the wall clock's time.
          "io.forebay.cli.log.LogEntry");

  /** Of a package, beside its {@code package-info}. */
  private static final long MOST_CLASSES = 29;

  private static final int MOST_IN_A_CIRCLE = 10;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.forebay");

  @Test
  void every_package_is_of_a_module_of_the_table() {
    Set<String> modules =
        CLASSES.stream().map(ArchitectureTest::moduleOf).collect(Collectors.toSet());
    modules.remove("io.forebay.faults");
    assertThat(modules).isEqualTo(MODULES.keySet());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void module_uses_only_what_the_table_allows(String module) {
    Set<String> allowed = MODULES.getOrDefault(module, Set.of());
    noClasses()
        .that(describe("are in " + module, c -> moduleOf(c).equals(module)))
        .should()
        .dependOnClassesThat(
            describe(
                "are in a Forebay module other than " + allowed,
                c -> isForebay(c) && !moduleOf(c).equals(module) && !allowed.contains(moduleOf(c))))
        .check(CLASSES);
  }

  @Test
  void packages_form_no_cycle() {
    slices().assignedFrom(byPackage()).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void no_class_uses_the_internal_packages_of_another_module() {
    classes()
        .that(
            describe(
                "are internal to their module",
                c -> (c.getPackageName() + ".").startsWith(moduleOf(c) + ".internal.")))
        .should(
            ArchCondition.from(
                describe(
                    "be used by their own module only",
                    used ->
                        used.getDirectDependenciesToSelf().stream()
                            .allMatch(
                                use -> moduleOf(use.getOriginClass()).equals(moduleOf(used))))))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void no_package_has_more_classes_than_one_holds_in_the_head() {
    Map<String, Long> sizes =
        CLASSES.stream()
            .filter(c -> c.equals(outermost(c)) && !c.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(sizes)
        .allSatisfy((name, size) -> assertThat(size).isLessThanOrEqualTo(MOST_CLASSES));
  }

  @Test
  void no_more_than_ten_classes_depend_on_each_other_in_a_circle() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      Set<String> used = uses.computeIfAbsent(outermost(type).getName(), n -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(use -> outermost(use.getTargetClass().getBaseComponentType()))
          .filter(ArchitectureTest::isForebay)
          .forEach(target -> used.add(target.getName()));
    }
    Map<String, Set<String>> reached = new TreeMap<>();
    uses.keySet().forEach(name -> reached.put(name, reachedFrom(name, uses)));
    Set<Set<String>> circles = new HashSet<>();
    reached.forEach((name, all) ->
        circles.add(
            all.stream()
                .filter(other -> reached.getOrDefault(other, Set.of()).contains(name))
                .collect(Collectors.toCollection(TreeSet::new))));
    assertThat(circles)
        .hasSizeGreaterThan(10)
        .allMatch(circle -> circle.size() <= MOST_IN_A_CIRCLE);
  }

  private static Set<String> reachedFrom(String name, Map<String, Set<String>> uses) {
    Set<String> reached = new HashSet<>();
    Deque<String> todo = new ArrayDeque<>(uses.getOrDefault(name, Set.of()));
    while (!todo.isEmpty()) {
      String next = todo.removeFirst();
      if (reached.add(next)) {
        todo.addAll(uses.getOrDefault(next, Set.of()));
      }
    }
    return reached;
  }

  @Test
  void only_named_classes_read_clocks_draw_random_numbers_or_sleep() {
    noClasses()
        .that(
            describe(
                "are not named in MAY_READ_CLOCKS",
                c -> !MAY_READ_CLOCKS.contains(outermost(c).getName())))
        .should()
        .accessTargetWhere(isClockRandomnessOrSleep())
        .because("time and randomness are handed in")
        .check(CLASSES);
  }

  /** So a wall clock that jumps, by an hour or by a year, moves no deadline and stalls nothing. */
  @Test
  void no_class_that_runs_a_pipeline_reads_the_wall_clock() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.forebay",
            "io.forebay.columns",
            "io.forebay.errors",
            "io.forebay.snapshot",
            "io.forebay.engine..",
            "io.forebay.slots..",
            "io.forebay.spool",
            "io.forebay.workers..")
        .and()
        .doNotHaveFullyQualifiedName(EPOCH_CLOCK)
        .should()
        .accessTargetWhere(
            describe(
                "is the wall clock",
                access ->
                    access.getTarget() instanceof CodeUnitAccessTarget target
                        && (isNow(target.getOwner(), target.getName())
                            || target.getName().equals("currentTimeMillis"))))
        .because("deadlines and waits are monotonic")
        .check(CLASSES);
  }

  @Test
  void no_class_reads_or_writes_serialized_objects() {
    noClasses()
        .should()
        .dependOnClassesThat(
            assignableTo(ObjectInputStream.class).or(assignableTo(ObjectOutputStream.class)))
        .because("no Java serialization crosses a process border")
        .check(CLASSES);
  }

  @Test
  void no_class_is_declared_serializable() {
    noClasses().should(ArchCondition.from(declaredSerializable())).check(CLASSES);
  }

  @Test
  void no_class_is_named_after_a_vague_role() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)")
        .because("names are the field's standard terms")
        .check(CLASSES);
  }

  private static Set<String> modules() {
    return MODULES.keySet();
  }

  private static Map.Entry<String, Set<String>> module(String name, String... uses) {
    return entry(name, Set.of(uses));
  }

  /** The longest package of the table that holds the class, or the class's own. */
  private static String moduleOf(JavaClass type) {
    String name = type.getPackageName();
    if (API.contains(name)) {
      return "io.forebay";
    }
    for (String at = name;
        at.startsWith("io.forebay.");
        at = at.substring(0, at.lastIndexOf('.'))) {
      if (MODULES.containsKey(at)) {
        return at;
      }
    }
    return name;
  }

  private static boolean isForebay(JavaClass type) {
    return type.getPackageName().equals("io.forebay")
        || type.getPackageName().startsWith("io.forebay.");
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static DescribedPredicate<JavaClass> declaredSerializable() {
    return describe(
        "be declared Serializable",
        type ->
            type.getRawInterfaces().stream().anyMatch(i -> i.isEquivalentTo(Serializable.class)));
  }

  private static SliceAssignment byPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return SliceIdentifier.of(type.getPackageName());
      }

      @Override
      public String getDescription() {
        return "each package";
      }
    };
  }

  private static DescribedPredicate<JavaAccess<?>> isClockRandomnessOrSleep() {
    return describe(
        "is a clock, a source of randomness or a sleep",
        access ->
            access.getTarget() instanceof CodeUnitAccessTarget target
                && isClockRandomnessOrSleep(target));
  }

  private static boolean isClockRandomnessOrSleep(CodeUnitAccessTarget target) {
    JavaClass owner = target.getOwner();
    String name = target.getName();
    return switch (owner.getName()) {
      case "java.lang.System" -> name.equals("nanoTime") || name.equals("currentTimeMillis");
      case "java.lang.Thread" -> name.equals("sleep");
      case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
      case "java.util.UUID" -> name.equals("randomUUID");
      default ->
          isNow(owner, name)
              || (owner.isEquivalentTo(TimeUnit.class) && name.equals("sleep"))
              || owner.isEquivalentTo(ThreadLocalRandom.class)
              || (owner.isAssignableTo(Random.class)
                  && name.equals("<init>")
                  && target.getRawParameterTypes().isEmpty());
    };
  }

  private static boolean isNow(JavaClass owner, String name) {
    JavaPackage home = owner.getPackage();
    return home.getName().equals("java.time")
        && (name.equals("now")
            || (name.startsWith("system") && owner.getSimpleName().equals("Clock")));
  }
}
