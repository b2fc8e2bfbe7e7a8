package io.forebay.connectors.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections of a source hold together.
 *
 * @param queued bytes that wait in partitions
 * @param unfinished bytes reserved for lines that have begun
 */
record TcpMemory(AtomicLong queued, AtomicLong unfinished) {
  TcpMemory() {
    this(new AtomicLong(), new AtomicLong());
  }
}
