package io.forebay.faults;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordFunction;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;

/** Functions that harm their own worker at one record, each in a way of its own. */
public final class HarmFunctions {
  private static final List<Object> KEPT = new ArrayList<>();

  private HarmFunctions() {}

  private static double twice(double value, String kind) throws Throwable {
    if (value < 0) {
      harm(kind);
    }
    return 2 * Math.abs(value);
  }

  /** Record by record. */
  public static final class Rows implements RecordFunction<Rows.Reading, Rows.Result> {
    /** Input. */
    public record Reading(double value) {}

    /** Output. */
    public record Result(double twice) {}

    private final String kind;

    public Rows(Map<String, String> parameters) {
      kind = parameters.get("kind");
    }

    @Override
    public Result apply(Reading in) throws Exception {
      try {
        return new Result(twice(in.value(), kind));
      } catch (Exception | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Over columns. */
  public static final class Columns implements BatchFunction {
    private final String kind;

    public Columns(Map<String, String> parameters) {
      kind = parameters.get("kind");
    }

    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("twice", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) throws Exception {
      try {
        for (int row = 0; row < in.rows(); row++) {
          out.float64("twice").set(row, twice(in.float64("value").get(row), kind));
        }
      } catch (Exception | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Keeps something of every record. */
  public static final class Leaking implements RecordFunction<Rows.Reading, Rows.Result> {
    private final String what;

    public Leaking(Map<String, String> parameters) {
      what = parameters.get("kind");
    }

    @Override
    public Rows.Result apply(Rows.Reading in) throws Exception {
      switch (what) {
        case "memory" -> KEPT.add(new byte[8 << 20]);
        case "direct" -> KEPT.add(ByteBuffer.allocateDirect(8 << 20));
        case "threads" -> {
          for (int i = 0; i < 40; i++) {
            Thread thread = new Thread(() -> await(new CountDownLatch(1)));
            thread.setDaemon(true);
            thread.start();
          }
        }
        default -> {
          for (int i = 0; i < 200; i++) {
            KEPT.add(Files.newInputStream(Path.of("/dev/null")));
          }
        }
      }
      return new Rows.Result(2 * in.value());
    }
  }

  @SuppressWarnings("restricted") // as the C library declares it
  private static long call(String name, long... arguments) throws Throwable {
    ValueLayout[] layouts = new ValueLayout[arguments.length];
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      layouts[i] = ValueLayout.JAVA_LONG;
      values.add(arguments[i]);
    }
    return (long)
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts))
            .invokeWithArguments(values);
  }

  private static void limit(long which, long soft, long hard) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(16, 8);
      limits.set(ValueLayout.JAVA_LONG, 0, soft);
      limits.set(ValueLayout.JAVA_LONG, 8, hard);
      call("setrlimit", which, limits.address());
    }
  }

  private static void shell(String command) throws Exception {
    new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
  }

  private static List<Integer> descriptors() {
    List<Integer> numbers = new ArrayList<>();
    for (String name : new java.io.File("/proc/self/fd").list()) {
      numbers.add(Integer.parseInt(name));
    }
    return numbers;
  }

  private static void later(Runnable deed) {
    Thread thread =
        new Thread(() -> {
          try {
            Thread.sleep(50);
          } catch (InterruptedException e) {
            return;
          }
          deed.run();
        });
    thread.setDaemon(true);
    thread.start();
  }

  @SuppressWarnings("restricted") // that is the point
  private static void harm(String kind) throws Throwable {
    switch (kind) {
      case "close_all" -> {
        for (int i = 0; i < 256; i++) {
          call("close", i);
        }
      }
      case "dup_over_all" -> {
        int pipe = descriptors().getFirst();
        for (int number : descriptors()) {
          call("dup2", pipe, number);
        }
      }
      case "garbage_everywhere" -> {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment bytes = arena.allocate(1000);
          for (int number : descriptors()) {
            call("write", number, bytes.address(), 1000);
          }
        }
      }
      case "interrupt_itself" -> Thread.currentThread().interrupt();
      case "interrupt_everybody" -> Thread.getAllStackTraces().keySet().forEach(Thread::interrupt);
      case "interrupt_for_ever" -> {
        Thread victim = Thread.currentThread();
        Thread thread =
            new Thread(() -> {
              while (true) {
                victim.interrupt();
                Thread.onSpinWait();
              }
            });
        thread.setDaemon(true);
        thread.start();
      }
      case "exit" -> System.exit(0);
      case "exit_with_a_hook" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> await(new CountDownLatch(1))));
        System.exit(1);
      }
      case "end_near_limit" -> Runtime.getRuntime().halt(75);
      case "kill_its_group" -> shell("kill -9 0");
      case "hang_up_its_group" -> shell("trap '' HUP TERM INT; kill -HUP 0; kill -TERM 0");
      case "stop_itself" -> shell("kill -STOP $PPID");
      case "kill_itself" -> shell("kill -9 $PPID");
      case "no_more_files" -> limit(7, 0, 0);
      case "no_more_memory" -> limit(9, 1 << 20, 1 << 20);
      case "no_more_time" -> limit(0, 1, 1);
      case "change_global_state" -> {
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
        System.setProperties(new Properties());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        System.setOut(nowhere);
        System.setErr(nowhere);
        Thread.currentThread().setContextClassLoader(null);
      }
      case "close_streams" -> {
        System.out.close();
        System.err.close();
        System.in.close();
      }
      case "uncaught" -> {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
          throw new IllegalStateException(error);
        });
        Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> {});
        later(() -> {
          throw new IllegalStateException("in a thread");
        });
      }
      case "late_death" -> later(() -> Runtime.getRuntime().halt(3));
      case "spinning_threads" -> {
        for (int i = 0; i < 4; i++) {
          later(() -> {
            while (true) {
              Thread.onSpinWait();
            }
          });
        }
      }
      case "thread_bomb" -> {
        for (int i = 0; i < 1500; i++) {
          Thread thread = new Thread(() -> await(new CountDownLatch(1)));
          thread.setDaemon(true);
          thread.start();
        }
      }
      case "deadlock" -> await(new CountDownLatch(1));
      case "deep_recursion" -> harm(kind);
      case "crash" -> MemorySegment.ofAddress(1).reinterpret(8).get(ValueLayout.JAVA_BYTE, 0);
      case "scribble" -> {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
          if (line.contains("[heap]")) {
            long begin = Long.parseLong(line.substring(0, line.indexOf('-')), 16);
            MemorySegment.ofAddress(begin).reinterpret(100_000).fill((byte) 0x5a);
          }
        }
      }
      case "unmap_everything" -> {
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
          if (line.contains("memfd")) {
            String[] ends = line.split(" ", -1)[0].split("-", -1);
            long begin = Long.parseLong(ends[0], 16);
            call("munmap", begin, Long.parseLong(ends[1], 16) - begin);
          }
        }
      }
      case "leak_at_once" -> {
        while (true) {
          KEPT.add(new byte[1 << 20]);
        }
      }
      case "leak_outside_the_heap" -> {
        while (true) {
          KEPT.add(ByteBuffer.allocateDirect(1 << 20));
        }
      }
      case "open_files" -> {
        while (true) {
          KEPT.add(Files.newInputStream(Path.of("/dev/null")));
        }
      }
      case "print_for_ever" -> {
        while (true) {
          System.out.println("x".repeat(10_000));
        }
      }
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private static void await(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // On it waits.
      }
    }
  }
}
