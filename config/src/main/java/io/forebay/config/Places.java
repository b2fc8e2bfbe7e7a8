package io.forebay.config;

import io.forebay.config.model.PipelineConfig;
import io.forebay.config.sinks.SinkConfig;
import io.forebay.config.sources.ListeningSource;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline needs of its machine before it starts: ports that are free, and places where its
 * outputs can be written. Looks only; what it finds may be otherwise a moment later, and is said by
 * whatever opens it then.
 */
public final class Places {
  private Places() {}

  /**
   * Looks at all of them.
   *
   * @throws ConfigurationException with a line for each that does not do
   */
  public static void require(PipelineConfig config) {
    List<String> problems = problems(config);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(String.join("\n", problems) + "; nothing was started");
    }
  }

  private static List<String> problems(PipelineConfig config) {
    List<String> problems = new ArrayList<>();
    for (SourceConfig source : config.sources()) {
      if (source instanceof ListeningSource listening) {
        listen(source.name(), listening, problems);
      }
    }
    for (SinkConfig sink : config.sinks()) {
      sink.file().ifPresent(file -> write("the output", file, problems));
    }
    write("the file of dead letters", config.deadLetterPath(), problems);
    return problems;
  }

  private static void listen(String name, ListeningSource source, List<String> problems) {
    ListenAddress address;
    InetSocketAddress socket;
    try {
      address = ListenAddress.parse(source.listen());
      socket = new InetSocketAddress(address.resolve(), address.port());
    } catch (ConfigurationException e) {
      problems.add(String.valueOf(e.getMessage()));
      return;
    }
    try {
      if (source instanceof UdpSourceConfig) {
        new DatagramSocket(socket).close();
      } else {
        try (ServerSocket server = new ServerSocket()) {
          server.setReuseAddress(
              true); // as what listens does: a connection that ended is no matter
          server.bind(socket);
        }
      }
    } catch (IOException e) {
      problems.add(
          "the source '"
              + name
              + "' cannot listen on "
              + address
              + " ("
              + e.getMessage()
              + "): another program has it, or this pipeline runs already; end that, or choose"
              + " another port");
    }
  }

  private static void write(String what, String file, List<String> problems) {
    if (file.equals("-")) {
      return;
    }
    Path path = Path.of(file).toAbsolutePath().normalize();
    if (Files.exists(path)) {
      if (!Files.isWritable(path)) {
        problems.add(what + " '" + file + "' cannot be written to: change its rights or its owner");
      }
      return;
    }
    Path above = path.getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    String why = whyNotIn(above);
    if (why != null) {
      problems.add(what + " '" + file + "' cannot be made, because " + why);
    }
  }

  private static @Nullable String whyNotIn(@Nullable Path folder) {
    if (folder == null) {
      return "there is no such root folder: write another path";
    }
    if (!Files.isDirectory(folder)) {
      return "'" + folder + "' is no folder: write another path";
    }
    return Files.isWritable(folder)
        ? null
        : "'" + folder + "' cannot be written to: change its rights, or write another path";
  }
}
