package io.forebay.connectors.mqtt.internal.payloads;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an edge node has said in its births. Used by the reading thread. */
final class SparkplugNode {
  /**
   * A metric as its birth declares it.
   *
   * @param device empty: the node's own
   */
  record Declared(Optional<String> device, String name, int datatype) {}

  private static final int SEQUENCES = 256;

  private final Map<Long, Declared> byAlias = new HashMap<>();
  private final Map<String, Integer> types = new HashMap<>();
  private boolean born;
  private long expected = -1;

  /** Forgets everything: the node is born. */
  void birth() {
    byAlias.clear();
    types.clear();
    born = true;
    expected = -1;
  }

  /** Whether its birth was seen. */
  boolean isBorn() {
    return born;
  }

  /** Takes in a message's number; false if one is missing before it. */
  boolean follows(long seq) {
    boolean follows = expected < 0 || seq == expected;
    expected = (seq + 1) % SEQUENCES;
    return follows;
  }

  void declare(Optional<String> device, SparkplugMetric metric) {
    String name = metric.name().orElse("");
    types.put(key(device, name), metric.datatype());
    if (metric.alias().isPresent()) {
      byAlias.put(metric.alias().getAsLong(), new Declared(device, name, metric.datatype()));
    }
  }

  @Nullable Declared byAlias(long alias) {
    return byAlias.get(alias);
  }

  int typeOf(Optional<String> device, String name) {
    return types.getOrDefault(key(device, name), 0);
  }

  /** How many metrics it remembers. */
  int size() {
    return types.size();
  }

  private static String key(Optional<String> device, String name) {
    return device.orElse("") + "/" + name;
  }
}
