package io.forebay.engine.internal.measure;

/**
 * Whether latency, bytes and the heartbeat are measured: always, unless {@code
 * -Dforebay.meters=off} says otherwise, so that their price can be measured.
 */
public final class Meters {
  public static final boolean ON = !"off".equals(System.getProperty("forebay.meters"));

  private Meters() {}
}
