package io.forebay.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process of Mosquitto on 127.0.0.1, which keeps sessions in a file and queues without limit; it
 * can be stopped and started on its data.
 */
public final class MosquittoBroker implements AutoCloseable {
  /** Some 20 ms apart. */
  private static final int ATTEMPTS = 1_500;

  private final Path program;
  private final Path configuration;
  private final int port;
  private @Nullable Process process;

  /** Where Mosquitto is installed, if it is: with {@code apt-get install mosquitto}, for one. */
  public static Optional<Path> program() {
    return Stream.of("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Writes what it needs into {@code folder}; {@link #start} starts it. */
  public MosquittoBroker(Path program, Path folder) throws IOException {
    this.program = program;
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

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Returns when it takes connections. */
  public void start() throws IOException, InterruptedException {
    Process starting =
        new ProcessBuilder(program.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process = starting;
    for (int attempt = 0; !listens(); attempt++) {
      if (starting.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw new IOException("mosquitto ended with exit code " + starting.exitValue());
      }
      if (attempt == ATTEMPTS) {
        throw new IOException("mosquitto takes no connection after " + attempt + " attempts");
      }
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Stops it, as a system does: it writes its file. */
  public void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      process.waitFor();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }
}
