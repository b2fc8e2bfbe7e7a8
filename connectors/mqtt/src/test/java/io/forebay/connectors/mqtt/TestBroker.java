package io.forebay.connectors.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.mqttbroker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A broker that can be stopped and started and keeps sessions meanwhile. */
interface TestBroker extends AutoCloseable {
  int port();

  void stop() throws Exception;

  void start() throws Exception;

  @Override
  void close();

  /** The broker that tests bring along. */
  static TestBroker embedded() {
    EmbeddedBroker broker = EmbeddedBroker.open();
    return new TestBroker() {
      @Override
      public int port() {
        return broker.port();
      }

      @Override
      public void stop() {
        broker.stop();
      }

      @Override
      public void start() {
        broker.start();
      }

      @Override
      public void close() {
        broker.close();
      }
    };
  }

  /** Mosquitto, where it is installed; else the test is skipped. */
  static TestBroker mosquitto(Path folder) throws Exception {
    Mosquitto broker = new Mosquitto(folder);
    broker.start();
    return broker;
  }

  /** A process of Mosquitto that keeps sessions in a file. */
  final class Mosquitto implements TestBroker {
    private final Path program;
    private final Path configuration;
    private final int port;
    private Process process;

    Mosquitto(Path folder) throws IOException {
      List<Path> places =
          Stream.of("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto")
              .map(Path::of)
              .filter(Files::isExecutable)
              .toList();
      assumeTrue(
          !places.isEmpty(),
          "mosquitto is not installed: apt-get install mosquitto runs this test");
      program = places.getFirst();
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = any.getLocalPort();
      }
      configuration = folder.resolve("mosquitto.conf");
      Files.writeString(
          configuration,
          """
          listener %d 127.0.0.1
          allow_anonymous true
          persistence true
          persistence_location %s/
          max_queued_messages 0
          log_dest file %s/mosquitto.log
          """
                  .formatted(port, folder, folder)
              + (System.getProperty("user.name").equals("root") ? "user root\n" : ""));
    }

    @Override
    public int port() {
      return port;
    }

    @Override
    public void start() throws IOException {
      process =
          new ProcessBuilder(program.toString(), "-c", configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            assertThat(process.isAlive()).isTrue();
            try (Socket socket = new Socket()) {
              socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
              return true;
            } catch (IOException e) {
              return false;
            }
          });
    }

    @Override
    public void stop() throws InterruptedException {
      process.destroy(); // It writes its file.
      process.waitFor();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
