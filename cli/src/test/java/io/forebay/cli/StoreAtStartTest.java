package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that cannot be asked, when a run starts, what an earlier one has left. */
final class StoreAtStartTest {
  @TempDir private Path folder;

  @Test
  void does_not_send_the_user_to_fresh_when_the_store_cannot_be_reached() throws Exception {
    Files.writeString(folder.resolve("in.jsonl"), "{\"value\":1.5}\n");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("plant.yaml"),
        """
        name: plant
        sources:
          - { name: in, type: file, path: in.jsonl, fields: { value: float64 } }
        sinks:
          - { type: postgres, name: db, host: 127.0.0.1, port: %d, database: plant, user: forebay, password: "${env:HOME}", table: t }
        """
            .formatted(port));

    Forebay.Result result = Forebay.run(folder, "run", "plant.yaml", "--no-progress");

    assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(2);
    assertThat(result.err())
        .contains("the output 'db' cannot tell what an earlier run has left (")
        .endsWith("): put that right and run again\n");
  }
}
