package io.forebay.connectors.mqtt;

import java.nio.charset.StandardCharsets;

/**
 * A topic that tells whether this client is there: a retained {@code online} while it is connected,
 * a retained {@code offline} when it leaves, which the broker says for it (the last will) if it is
 * lost.
 */
record Will(String topic) {
  static final byte[] ONLINE_BYTES = "online".getBytes(StandardCharsets.UTF_8);
  static final byte[] OFFLINE_BYTES = "offline".getBytes(StandardCharsets.UTF_8);
}
