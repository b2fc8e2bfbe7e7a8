package io.forebay.connectors.net;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the thread of a source that listens spends its time: it reports each second. */
public final class Reports {
  private Reports() {}

  /**
   * Reports until the source breaks or its thread is interrupted.
   *
   * @param failure completed exceptionally when the source breaks
   * @param what what did not work then, for the message
   * @throws IOException when it breaks
   */
  public static void until(CompletableFuture<Void> failure, String what, Runnable report)
      throws IOException, InterruptedException {
    while (true) {
      report.run();
      try {
        failure.get(1, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        // The next report is due.
      } catch (ExecutionException e) {
        throw new IOException(what + ": " + e.getCause(), e.getCause());
      }
    }
  }
}
