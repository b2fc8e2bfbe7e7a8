package io.forebay.workers;

import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.workers.internal.protocol.Ring;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Functions that do harm in ways of their own. */
public final class Hostile {
  private static final Schema COPIED = Schema.of(Field.of("copied", ColumnType.INT64));

  private Hostile() {}

  private static void copy(Batch in, BatchWriter out, int row) {
    out.int64("copied").set(row, in.int64("id").get(row));
  }

  /** Does what the value of a row says. */
  public static final class Deeds implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return COPIED;
    }

    @Override
    public void apply(Batch in, BatchWriter out) throws Exception {
      for (int row = 0; row < in.rows(); row++) {
        switch ((int) in.float64("value").get(row)) {
          case -1 -> hoardDirectMemory();
          case -2 -> deadlock();
          case -3 -> truncateSharedMemory();
          case -4 -> flood(System.out);
          case -5 -> flood(System.err);
          case -6 -> new ProcessBuilder("sleep", "300").inheritIO().start();
          default -> {}
        }
        copy(in, out, row);
      }
    }

    private static void hoardDirectMemory() {
      List<ByteBuffer> hoard = new ArrayList<>();
      while (hoard.size() < 1 << 20) {
        hoard.add(ByteBuffer.allocateDirect(1 << 20));
      }
    }

    /** Two threads, two locks. */
    private static void deadlock() throws InterruptedException {
      Object one = new Object();
      Object two = new Object();
      CountDownLatch both = new CountDownLatch(2);
      Thread other = new Thread(() -> hold(two, one, both));
      other.setDaemon(true);
      other.start();
      hold(one, two, both);
    }

    private static void hold(Object first, Object second, CountDownLatch both) {
      synchronized (first) {
        both.countDown();
        try {
          both.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        synchronized (second) {
          System.out.println("never reached");
        }
      }
    }

    private static void truncateSharedMemory() throws IOException {
      long engine = ProcessHandle.current().parent().orElseThrow().pid();
      try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + engine + "/fd"))) {
        for (Path descriptor : descriptors) {
          Path target = Files.isSymbolicLink(descriptor) ? target(descriptor) : descriptor;
          if (target.toString().contains("memfd:forebay")) {
            try (FileChannel file = FileChannel.open(descriptor, StandardOpenOption.WRITE)) {
              file.truncate(4096);
            }
          }
        }
      }
    }

    private static Path target(Path link) throws IOException {
      try {
        return Files.readSymbolicLink(link);
      } catch (java.nio.file.NoSuchFileException e) {
        return link; // Closed meanwhile.
      }
    }

    /** 5 MB: lines, half lines, bytes that are no text, a line of 1 MB. */
    private static void flood(PrintStream stream) {
      byte[] binary = new byte[64 << 10];
      new Random(1).nextBytes(binary);
      for (int i = 0; i < 10_000; i++) {
        stream.println("line " + i + " " + "x".repeat(88));
      }
      for (int i = 0; i < 46; i++) {
        stream.write(binary, 0, binary.length);
        stream.print("half a line " + i);
      }
      stream.print("y".repeat(1 << 20));
      stream.flush();
    }
  }

  /** Works until a file appears; then its workers die when they start, doing harm. */
  public static final class StartsBadly implements BatchFunction {
    public StartsBadly(Map<String, String> parameters) throws Exception {
      if (Files.exists(Path.of(parameters.get("file")))) {
        if (Boolean.parseBoolean(parameters.get("forks"))) {
          for (int i = 0; i < 3; i++) {
            new ProcessBuilder("sh", "-c", FORKS).inheritIO().start();
          }
        }
        System.out.println("no licence");
        Runtime.getRuntime().halt(5);
      }
    }

    /** Goes on while it is being killed. */
    private static final String FORKS =
        "i=0; while [ $i -lt 60 ]; do sleep 300 & i=$((i+1)); done; wait";

    @Override
    public Schema outputs(Schema input) {
      return COPIED;
    }

    @Override
    public void apply(Batch in, BatchWriter out) {
      for (int row = 0; row < in.rows(); row++) {
        copy(in, out, row);
      }
    }
  }

  /** In each call of several rows writes a random word over a ring; mostly its own. */
  @SuppressWarnings("restricted") // that is the point
  public static final class Scribbler implements BatchFunction {
    private final Random random;

    /** With its process id, so that a batch which is repeated meets another harm. */
    public Scribbler(Map<String, String> parameters) {
      random = new Random(Long.parseLong(parameters.get("seed")) + ProcessHandle.current().pid());
    }

    @Override
    public Schema outputs(Schema input) {
      return COPIED;
    }

    @Override
    public void apply(Batch in, BatchWriter out) throws Exception {
      for (int row = 0; row < in.rows(); row++) {
        copy(in, out, row);
      }
      // A record alone is computed well: so every batch gets through in the end.
      if (in.rows() > 1) {
        scribble();
        // Time for the engine to see it before it is written over.
        LockSupport.parkNanos(random.nextInt(random.nextInt(10) == 0 ? 10_000_000 : 500_000));
      }
    }

    private void scribble() throws IOException {
      MemorySegment area = mapping();
      long ring = ringOfThis(area);
      long at =
          switch (random.nextInt(20)) {
            case 0 -> ring + 128; // head
            case 1 -> ring + 136; // begun
            case 2, 3 -> ring + 144; // began
            case 4, 5 -> ring + 320; // beat
            default -> ring + 384 + 64L * random.nextInt(4) + 32 + 8L * random.nextInt(4);
          };
      area.set(
          ValueLayout.JAVA_LONG, at, random.nextBoolean() ? random.nextLong() : random.nextInt(9));
    }

    /** The ring in work: the one of several whose begun is ahead of its head. */
    private static long ringOfThis(MemorySegment area) {
      for (long at = 0; ; at += 64) {
        if (area.get(ValueLayout.JAVA_INT, at) == Ring.MAGIC
            && area.get(ValueLayout.JAVA_LONG, at + 136)
                > area.get(ValueLayout.JAVA_LONG, at + 128)) {
          return at;
        }
      }
    }

    private static MemorySegment mapping() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        if (line.contains("memfd:forebay")) {
          int dash = line.indexOf('-');
          long from = Long.parseLong(line, 0, dash, 16);
          long to = Long.parseLong(line, dash + 1, line.indexOf(' '), 16);
          return MemorySegment.ofAddress(from).reinterpret(to - from);
        }
      }
      throw new IOException("no shared memory");
    }
  }
}
