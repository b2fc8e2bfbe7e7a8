package io.forebay.connectors.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Datagrams that Linux dropped because nobody took them from the socket in time, from {@code
 * /proc/net/udp}; elsewhere nothing is known of them.
 */
final class KernelDrops {
  private KernelDrops() {}

  /** The drops of all sockets on that port. */
  static long of(int port) {
    List<String> lines = new ArrayList<>();
    for (String file : List.of("/proc/net/udp", "/proc/net/udp6")) {
      try {
        lines.addAll(Files.readAllLines(Path.of(file)));
      } catch (IOException e) {
        // No Linux, or no such protocol: nothing is known.
      }
    }
    return count(lines, port);
  }

  /** The same from the file's lines: the address is the second column, the drops are the last. */
  static long count(List<String> lines, int port) {
    String local = ":" + String.format(Locale.ROOT, "%04X", port);
    long drops = 0;
    for (String line : lines) {
      String[] columns = line.trim().split("\\s+", -1);
      if (columns.length >= 13 && columns[1].endsWith(local)) {
        drops += Long.parseLong(columns[columns.length - 1]);
      }
    }
    return drops;
  }
}
