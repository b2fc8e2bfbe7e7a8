package io.forebay.connectors.net;

import io.forebay.errors.ConfigurationException;

/**
 * What a source of lines holds in memory at most, on top of a chunk of 64 KiB for each connection.
 *
 * @param connections connections at a time; one more is closed at once
 * @param lineBytes the longest line; the rest of a longer one is discarded up to its end
 * @param unfinishedBytes the beginnings of lines of all connections together; a line that does not
 *     fit is treated as too long
 * @param queueBytes what is received and not yet decoded: TCP stops reading beyond it, UDP drops
 */
public record LineLimits(int connections, int lineBytes, long unfinishedBytes, long queueBytes) {
  /** 10,000 connections, lines of 1 MiB, 64 MiB of unfinished lines, a queue of 32 MiB. */
  public static final LineLimits DEFAULT = new LineLimits(10_000, 1 << 20, 64L << 20, 32L << 20);

  public LineLimits {
    if (connections < 1 || lineBytes < 16 || unfinishedBytes < lineBytes || queueBytes < 65_536) {
      throw new ConfigurationException(
          "these limits leave no room for a line: use at least 1 connection, 16 bytes a line, as"
              + " many unfinished bytes as a line has, and a queue of 64 KiB");
    }
  }
}
