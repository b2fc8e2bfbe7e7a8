package io.forebay.workers;

import io.forebay.RecordFunction;
import io.forebay.ValueFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Functions and tasks for the tests of pools that are used alone. */
public final class Plain {
  private Plain() {}

  public record Size(double width, double height) {}

  public record Area(double area, String label) {}

  public static final class Areas implements RecordFunction<Size, Area> {
    @Override
    public Area apply(Size in) {
      return new Area(in.width() * in.height(), "%.0f".formatted(in.width()));
    }
  }

  /** Does what it is told. */
  public static final class Act implements ValueFunction<String, String> {
    private static final List<byte[]> HOARD = new ArrayList<>();
    private static volatile String started = "not";
    private static int calls;

    @Override
    public String apply(String command) throws Exception {
      calls++;
      int blank = command.indexOf(' ');
      String rest = command.substring(blank + 1);
      return switch (blank < 0 ? command : command.substring(0, blank)) {
        case "pid" -> String.valueOf(ProcessHandle.current().pid());
        case "thread" -> Thread.currentThread().getName();
        case "loop" -> {
          while (true) {
            Thread.onSpinWait();
          }
        }
        case "exit" -> {
          Runtime.getRuntime().halt(7);
          yield "";
        }
        case "exit-once" -> {
          Path mark = Path.of(rest);
          if (!Files.exists(mark)) {
            Files.createFile(mark);
            Runtime.getRuntime().halt(7);
          }
          yield "done";
        }
        case "throw" -> throw new IllegalArgumentException(rest);
        case "sleep" -> {
          Thread.sleep(Long.parseLong(rest));
          yield rest;
        }
        case "park" -> {
          long end = System.nanoTime() + 1_000_000 * Long.parseLong(rest);
          while (System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
          }
          yield rest;
        }
        case "await" -> {
          while (!Files.exists(Path.of(rest))) {
            LockSupport.parkNanos(1_000_000);
          }
          yield rest;
        }
        case "make" -> Files.createFile(Path.of(rest)).toString();
        case "grow" -> {
          byte[] more = new byte[Integer.parseInt(rest)];
          java.util.Arrays.fill(more, (byte) 1);
          HOARD.add(more);
          yield String.valueOf(ProcessHandle.current().pid());
        }
        case "long" -> "x".repeat(Integer.parseInt(rest));
        case "null" -> null;
        case "started" -> started;
        case "calls" -> String.valueOf(calls);
        default -> rest;
      };
    }
  }

  public static final class Twice implements ValueFunction<Integer, Long> {
    @Override
    public Long apply(Integer in) {
      return 2L * in;
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  public record All(
      boolean bool,
      int int32,
      long int64,
      float float32,
      double float64,
      String text,
      byte[] bytes,
      double[] list,
      Instant at,
      Integer none) {}

  @SuppressWarnings("ArrayRecordComponent")
  public record AllBack(
      boolean bool2,
      int int322,
      long int642,
      float float322,
      double float642,
      String text2,
      byte[] bytes2,
      double[] list2,
      Instant at2,
      Integer none2) {}

  public static final class Everything implements RecordFunction<All, AllBack> {
    @Override
    public AllBack apply(All in) {
      return new AllBack(
          in.bool(),
          in.int32(),
          in.int64(),
          in.float32(),
          in.float64(),
          in.text(),
          in.bytes(),
          in.list(),
          in.at(),
          in.none());
    }
  }

  public static final class Sizes implements ValueFunction<byte[], Integer> {
    @Override
    public Integer apply(byte[] in) {
      return in.length;
    }
  }

  /** Notes that it was run, in this process. */
  public static final class Start implements Runnable {
    private final String word;

    public Start(Map<String, String> parameters) {
      word = parameters.getOrDefault("word", "ready");
    }

    @Override
    public void run() {
      Act.started = word + " before call " + (Act.calls + 1);
    }
  }

  /** Fails while there is a file. */
  public static final class FickleStart implements Runnable {
    private final Path file;

    public FickleStart(Map<String, String> parameters) {
      file = Path.of(parameters.get("file"));
    }

    @Override
    public void run() {
      if (Files.exists(file)) {
        throw new IllegalStateException("the licence server is away");
      }
    }
  }

  public static final class FailingStart implements Callable<Void> {
    @Override
    public Void call() throws Exception {
      throw new java.io.IOException("no licence");
    }
  }

  // ------------------------------------------------------------------ refused

  static final class Hidden implements ValueFunction<String, String> {
    @Override
    public String apply(String in) {
      return in;
    }
  }

  public static final class Unmapped implements ValueFunction<List<String>, String> {
    @Override
    public String apply(List<String> in) {
      return in.get(0);
    }
  }

  public record Clash(int width) {}

  public static final class Clashing implements RecordFunction<Size, Clash> {
    @Override
    public Clash apply(Size in) {
      return new Clash((int) in.width());
    }
  }

  // ------------------------------------------------------------------ tasks

  public enum Colour {
    RED,
    GREEN
  }

  public record Deep(List<Size> sizes, Map<String, Colour> colours, Deep inner) {}

  public record Echo(Deep deep) implements Callable<Deep> {
    @Override
    public Deep call() {
      return deep;
    }
  }

  public record Told(String command) implements Callable<String> {
    @Override
    public String call() throws Exception {
      return new Act().apply(command);
    }
  }

  public record Touch(String file) implements Runnable {
    @Override
    public void run() {
      try {
        Files.createFile(Path.of(file));
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  public static final class Pid implements Callable<Long> {
    @Override
    public Long call() {
      return ProcessHandle.current().pid();
    }
  }

  public record Unreadable(Thread thread) implements Callable<String> {
    @Override
    public String call() {
      return thread.getName();
    }
  }

  public record ReturnsThread() implements Callable<Object> {
    @Override
    public Object call() {
      return Thread.currentThread();
    }
  }

  public static final class Stateful implements Callable<String> {
    private final String word;

    public Stateful(String word) {
      this.word = word;
    }

    @Override
    public String call() {
      return word;
    }
  }
}
