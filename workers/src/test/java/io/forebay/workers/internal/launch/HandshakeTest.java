package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.Seed;
import io.forebay.workers.Python;
import io.forebay.workers.api.WorkerLog;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import io.forebay.workers.internal.supervision.PoolFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that does not shake hands as a worker does is refused, killed, and leaves nothing. */
@Timeout(180)
final class HandshakeTest {
  private static final int FRAMES = Integer.getInteger("forebay.frames", 200_000);

  @TempDir private Path folder;

  /** HELLO, READY, REFUSED and BOUND as a broken worker could send them. */
  @Test
  void reads_or_refuses_frames_when_they_are_damaged() throws IOException {
    long seed = Seed.of(1);
    Random random = new Random(seed);
    byte[][] good = {
      bytes(Payload.empty().putLong(4711).put(new byte[Frame.TOKEN_BYTES]).frame(Frame.HELLO)),
      bytes(Payload.empty().frame(Frame.READY)),
      bytes(Payload.empty().putText("no model: größer").frame(Frame.REFUSED)),
      bytes(Payload.empty().putSchema(PoolFixture.INPUT).putText("python3").frame(Frame.BOUND))
    };
    int refused = 0;
    for (int i = 0; i < FRAMES; i++) {
      int which = random.nextInt(good.length);
      byte[] bad = Arrays.copyOf(good[which], good[which].length + random.nextInt(3) - 1);
      for (int damage = random.nextInt(3); damage >= 0; damage--) {
        int at = random.nextInt(bad.length);
        bad[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : bad[at] ^ 1 << random.nextInt(8));
      }
      try {
        Frame frame = Frame.readFrom(Channels.newChannel(new ByteArrayInputStream(bad)));
        Payload payload = frame.expect((short) (which == 0 ? 1 : which == 3 ? 7 : which + 2));
        switch (which) {
          case 0 -> {
            payload.number();
            payload.bytes(Frame.TOKEN_BYTES);
          }
          case 1 -> {}
          case 2 -> payload.text();
          default -> {
            payload.schema();
            payload.text();
          }
        }
        payload.end();
      } catch (IOException | ConfigurationException | IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotEmpty();
        refused++;
      }
    }
    assertThat(refused).isBetween(FRAMES / 2, FRAMES - 1);
  }

  private static byte[] bytes(Frame frame) {
    return frame.encode().array();
  }

  /** What a hostile interpreter does with the token that it is given. */
  @ParameterizedTest
  @EnabledOnOs(OS.LINUX)
  @ValueSource(
      strings = {
        "connection.sendall(hello(os.getpid(), bytes(32)))", // another token
        "connection.sendall(hello(1, token))", // another process
        "connection.sendall(hello(os.getpid(), token)[:20]); connection.close()", // short
        "connection.sendall(pack('<ihh', 1 << 30, 1, 1))", // oversized
        "connection.sendall(pack('<ihh', -1, 1, 1))",
        "connection.sendall(pack('<ihhq', 8, 1, 2, 0))", // another version
        "connection.sendall(os.urandom(100000))",
        "connection.sendall(hello(os.getpid(), token) + pack('<ihhb', 1, 3, 1, 0))", // long READY
        "connection.sendall(hello(os.getpid(), token) + pack('<ihhi', 4, 4, 1, 99))", // REFUSED
        "connection.sendall(hello(os.getpid(), token) + pack('<ihh', 0, 9, 1))", // unknown
        "connection.sendall(hello(os.getpid(), token)); connection.close()",
        "connection.close(); subprocess.Popen(['sleep', '300'])",
        "print('half a line', end=''); os.kill(os.getpid(), 11)",
      })
  void refuses_a_process_that_does_not_behave_like_a_worker(String deed) throws Exception {
    Python.assumeThere();
    Path interpreter = folder.resolve("hostile");
    Files.writeString(
        interpreter,
        """
        #!/usr/bin/env python3
        import os, re, socket, subprocess, sys
        from struct import pack
        token = bytes.fromhex(re.findall(r'main.bytes.fromhex."([0-9a-f]+)"', sys.stdin.read())[-1])
        def hello(pid, token):
            return pack("<ihhq", 8 + len(token), 1, 1, pid) + token
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(sys.argv[-1])
        try:
            %s
            connection.settimeout(20)
            while connection.recv(1 << 16):
                pass
        except OSError:
            pass
        """
            .formatted(deed));
    Files.setPosixFilePermissions(interpreter, PosixFilePermissions.fromString("rwx------"));
    var program = new PythonProgram(interpreter.toString(), List.of());
    String mark = ProcessHandle.current().pid() + "-handshake-" + System.nanoTime();
    var start = new WorkerLauncher.Start("test worker-1", mark, 0, 64 << 20);
    Frame request = Payload.empty().frame(Frame.CONFIGURE);
    List<ProcessHandle> started = new java.util.concurrent.CopyOnWriteArrayList<>();
    assertThatThrownBy(
            () -> {
              var greeted =
                  WorkerLauncher.greet(
                      start,
                      program,
                      request,
                      Frame.READY,
                      WorkerLog.system(),
                      process -> started.add(process.toHandle()));
              try {
                greeted.answer().end();
              } finally {
                greeted.channel().close();
                greeted.process().destroyForcibly();
              }
            })
        .isInstanceOfAny(WorkerLauncher.StartException.class, IOException.class)
        .message()
        .isNotEmpty();
    assertThat(started).hasSize(1);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
  }
}
