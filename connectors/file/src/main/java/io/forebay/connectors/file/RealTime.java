package io.forebay.connectors.file;

import java.util.concurrent.TimeUnit;

/** The time of the machine. */
final class RealTime implements Waiting {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void await(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
  }
}
