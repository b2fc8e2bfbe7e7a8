package io.forebay.internal.meters;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** The garbage collections of this virtual machine. */
public final class GarbageCollections {
  private GarbageCollections() {}

  /** How long they have lasted since its start, in nanoseconds; by any thread. */
  public static long nanos() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    return millis * 1_000_000;
  }
}
