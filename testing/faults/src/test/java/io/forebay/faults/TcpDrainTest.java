package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM while lines that came over TCP wait in the process, most of them before the engine: all
 * of them are delivered, although nobody can send them again.
 */
@EnabledOnOs(OS.LINUX)
class TcpDrainTest {
  private static final int CONNECTIONS = 60;
  private static final int LINES_EACH = 1_000;

  @TempDir Path folder;

  private int port;

  @Test
  void delivers_every_line_that_was_received_when_terminated() throws Exception {
    port = CommandLine.freePort();
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: lines
        sources:
          - { name: in, type: tcp, listen: "127.0.0.1:%d", fields: { id: int64, value: float64 } }
        forebay: { slots: 2, slotSize: 16KiB }
        stages:
          - { name: spin, cpu: io.forebay.faults.Spin, on: inline, batch: 100 }
        sinks:
          - { type: jsonl, path: out.jsonl }
        deadLetter: { path: rejected.jsonl }
        """
            .formatted(port));
    CommandLine forebay = new CommandLine(folder);
    Process process = forebay.start("run", "pipeline.yaml", "--no-progress");
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        sockets.add(connect(process));
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        sockets.get(i).getOutputStream().write(lines(i).getBytes(UTF_8));
      }
      await().atMost(Duration.ofMinutes(1)).until(this::isReceived);
      long before = Files.size(folder.resolve("out.jsonl"));
      process.destroy();

      assertThat(process.waitFor()).as(forebay.printed()).isEqualTo(143);
      List<Long> ids = Ids.in(folder.resolve("out.jsonl"));
      System.out.println(before + " bytes were written before, " + ids.size() + " lines in all");
      assertThat(ids).doesNotHaveDuplicates();
      assertThat(ids.stream().sorted())
          .isEqualTo(LongStream.range(0, (long) CONNECTIONS * LINES_EACH).boxed().toList());
      assertThat(Files.size(folder.resolve("out.jsonl")))
          .as("most was delivered after the signal")
          .isGreaterThan(before);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      process.destroyForcibly().waitFor();
    }
  }

  private Socket connect(Process process) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              assertThat(process.isAlive()).isTrue();
              return new Socket(InetAddress.getLoopbackAddress(), port);
            },
            socket -> true);
  }

  private static String lines(int connection) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < LINES_EACH; i++) {
      lines.append("{\"id\":%d,\"value\":20.5}\n".formatted(connection * LINES_EACH + i));
    }
    return lines.toString();
  }

  /** Whether no byte to or from the port waits in the kernel. */
  private boolean isReceived() throws IOException {
    String address = ":%04X".formatted(port);
    for (String file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(file))) {
        String[] columns = line.strip().split("\\s+", -1);
        boolean ours = columns[1].endsWith(address) || columns[2].endsWith(address);
        if (ours && columns[3].equals("01") && !columns[4].equals("00000000:00000000")) {
          return false;
        }
      }
    }
    return true;
  }
}
