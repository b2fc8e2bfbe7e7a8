package io.forebay.config.internal.rules;

import io.forebay.config.sources.KafkaSourceConfig;
import io.forebay.config.sources.ListeningSource;
import io.forebay.config.sources.MqttSourceConfig;
import io.forebay.config.sources.SourceConfig;
import io.forebay.config.sources.UdpSourceConfig;
import io.forebay.connectors.mqtt.TopicFilters;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What sources of one pipeline take from each other or take twice: one address or device for two of
 * them cannot work; one file or topic for two of them can be meant, and is said at the start.
 */
public final class SourcesTogether {
  private final List<SourceConfig> sources;
  private final Path workingDirectory;

  public SourcesTogether(List<SourceConfig> sources, Path workingDirectory) {
    this.sources = sources;
    this.workingDirectory = workingDirectory;
  }

  /** A source and a later one of the same kind. */
  private record Pair<T>(int first, T one, int second, T other) {}

  private <T extends SourceConfig> List<Pair<T>> pairs(Class<T> kind) {
    List<Pair<T>> pairs = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      for (int j = i + 1; j < sources.size(); j++) {
        if (kind.isInstance(sources.get(i)) && kind.isInstance(sources.get(j))) {
          pairs.add(new Pair<>(i, kind.cast(sources.get(i)), j, kind.cast(sources.get(j))));
        }
      }
    }
    return pairs;
  }

  /**
   * Finds what cannot work.
   *
   * @param add takes a key and a sentence
   */
  void check(BiConsumer<String, String> add) {
    for (Pair<SourceConfig> pair : pairs(SourceConfig.class)) {
      if (pair.one() instanceof ListeningSource one
          && pair.other() instanceof ListeningSource other
          && (one instanceof UdpSourceConfig) == (other instanceof UdpSourceConfig)
          && isSameAddress(one.listen(), other.listen())) {
        add.accept(
            key(pair.second(), "listen"),
            "is the address of sources[" + pair.first() + "] too; give each a port of its own");
      }
    }
    for (Pair<SourceConfig.File> pair : pairs(SourceConfig.File.class)) {
      Path path = workingDirectory.resolve(pair.one().path());
      if (isSameFile(pair) && Files.exists(path) && !Files.isRegularFile(path)) {
        add.accept(
            key(pair.second(), "path"),
            "is a pipe or device that sources["
                + pair.first()
                + "] reads too, and each byte goes to one of them; read it with one source");
      }
    }
  }

  private static String key(int source, String key) {
    return "sources[" + source + "]." + key;
  }

  private static boolean isSameAddress(String one, String other) {
    try {
      ListenAddress a = ListenAddress.parse(one);
      ListenAddress b = ListenAddress.parse(other);
      return a.port() != 0
          && a.port() == b.port()
          && (isAny(a) || isAny(b) || a.resolve().equals(b.resolve()));
    } catch (ConfigurationException e) {
      // What is no address is refused elsewhere.
      return false;
    }
  }

  private static boolean isAny(ListenAddress address) {
    return address.resolve().isAnyLocalAddress();
  }

  private boolean isSameFile(Pair<SourceConfig.File> pair) {
    return !pair.one().path().equals("-")
        && real(pair.one().path()).equals(real(pair.other().path()));
  }

  private Path real(String path) {
    Path resolved = workingDirectory.resolve(path).toAbsolutePath().normalize();
    try {
      return resolved.toRealPath();
    } catch (IOException e) {
      return resolved;
    }
  }

  /** Sentences on what arrives twice. */
  public List<String> notices() {
    List<String> notices = new ArrayList<>();
    for (Pair<SourceConfig.File> pair : pairs(SourceConfig.File.class)) {
      if (isSameFile(pair)) {
        notices.add(twice(pair, "read the same file '" + pair.other().path() + "'", "line"));
      }
    }
    for (Pair<KafkaSourceConfig> pair : pairs(KafkaSourceConfig.class)) {
      Set<String> topics = new HashSet<>(pair.one().topics());
      topics.retainAll(pair.other().topics());
      KafkaSourceConfig one = pair.one();
      KafkaSourceConfig other = pair.other();
      boolean divided = one.group().equals(other.group()) && !one.stopAtEnd() && !other.stopAtEnd();
      if (!topics.isEmpty() && one.brokers().equals(other.brokers()) && !divided) {
        notices.add(twice(pair, "read the topic '" + topics.iterator().next() + "'", "message"));
      }
    }
    for (Pair<MqttSourceConfig> pair : pairs(MqttSourceConfig.class)) {
      MqttSourceConfig one = pair.one();
      MqttSourceConfig other = pair.other();
      if (one.broker().equals(other.broker())) {
        Optional<List<String>> common =
            TopicFilters.inCommon(
                one.topics(), one.sharedGroup(), other.topics(), other.sharedGroup());
        common.ifPresent(topics ->
            notices.add(
                twice(
                    pair,
                    "have messages of '"
                        + topics.get(0)
                        + "' and '"
                        + topics.get(1)
                        + "' in common",
                    "of these messages")));
      }
    }
    return notices;
  }

  private static <T extends SourceConfig> String twice(Pair<T> pair, String what, String each) {
    return "The sources '"
        + pair.one().name()
        + "' and '"
        + pair.other().name()
        + "' "
        + what
        + ": each "
        + each
        + " is a record of both";
  }
}
