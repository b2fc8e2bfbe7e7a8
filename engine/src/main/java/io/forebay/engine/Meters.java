package io.forebay.engine;

/**
 * Whether latency, bytes and the heartbeat are measured: always, unless {@code -Dforebay.meters=off}
 * says otherwise, so that their price can be measured.
 */
final class Meters {
  static final boolean ON = !"off".equals(System.getProperty("forebay.meters"));

  private Meters() {}
}
