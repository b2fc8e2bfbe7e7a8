package io.forebay.connectors.http;

import io.forebay.errors.ConfigurationException;
import java.time.Duration;

/**
 * What an HTTP source takes and for what it waits.
 *
 * @param bodyBytes the largest body, as it is sent
 * @param inflatedBytes the largest body after gzip
 * @param ratio how many times larger gzip may make a body; bodies below 1 KiB count as 1 KiB
 * @param headerDeadline for the first request's header of a connection
 * @param bodyDeadline from the header to the end of the body
 * @param answerDeadline from the end of the body to the commit; after it the answer is 503
 * @param connections at a time; a few more are answered with 503 and closed, further ones closed
 * @param bufferedBytes bodies of all requests together that are not yet decoded
 */
public record HttpLimits(
    int bodyBytes,
    int inflatedBytes,
    int ratio,
    Duration headerDeadline,
    Duration bodyDeadline,
    Duration answerDeadline,
    int connections,
    long bufferedBytes) {
  /**
   * Bodies of 1 MiB, inflated 16 MiB, 100:1; 5 s for headers, 10 s for bodies; 4 s for the answer,
   * because Telegraf gives up after 5; 256 connections, 64 MiB of bodies.
   */
  public static final HttpLimits DEFAULT =
      new HttpLimits(
          1 << 20,
          16 << 20,
          100,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(4),
          256,
          64L << 20);

  public HttpLimits {
    if (bodyBytes < 1 || inflatedBytes < bodyBytes || bufferedBytes < bodyBytes) {
      throw new ConfigurationException(
          "these limits leave no room for a body: use at least 1 byte, as much inflated and as"
              + " much for all bodies together");
    }
    if (ratio < 1 || connections < 1) {
      throw new ConfigurationException("a ratio and a number of connections are at least 1");
    }
    for (Duration deadline : new Duration[] {headerDeadline, bodyDeadline, answerDeadline}) {
      if (deadline.toMillis() < 1) {
        throw new ConfigurationException("a deadline is at least 1 ms");
      }
    }
  }
}
