package io.forebay.profile;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Call stacks, and the CPU nanoseconds that were spent in each. Bounded: what does not fit any more
 * is counted as one stack. Not thread-safe.
 */
final class Stacks {
  static final int MOST = 20_000;

  /** In place of stacks for which there is no room. */
  static final String FURTHER = "[further stacks]";

  /** Threads are told apart by what they do: their numbers would make each stack another one. */
  private static final Pattern THREAD_NUMBER = Pattern.compile("^\\[(.*) tid=\\d+]");

  private final Map<String, Long> nanos = new HashMap<>();

  /** Is told of a stack, from the outermost frame to the innermost. */
  interface Visitor {
    void stack(List<String> frames, long nanos);
  }

  void add(String stack, long spent) {
    boolean fits = nanos.size() < MOST || nanos.containsKey(stack);
    nanos.merge(fits ? stack : FURTHER, spent, Long::sum);
  }

  void add(List<String> frames, long spent) {
    add(String.join(";", frames), spent);
  }

  /** Adds what a file holds; a line that was cut off, where its writer was killed, is left out. */
  void read(Path part) throws IOException {
    // Names of methods may hold anything.
    try (BufferedReader lines = Files.newBufferedReader(part, StandardCharsets.ISO_8859_1)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        read(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
      }
    }
  }

  private void read(String line) {
    int space = line.lastIndexOf(' ');
    if (space > 0) {
      try {
        long spent = Long.parseLong(line.substring(space + 1));
        String stack = line.substring(0, space);
        add(THREAD_NUMBER.matcher(stack).replaceFirst("[$1]"), spent);
      } catch (NumberFormatException e) {
        // Cut off, or a warning of the profiler.
      }
    }
  }

  void forEach(Visitor visitor) {
    nanos.forEach((stack, spent) -> visitor.stack(List.of(stack.split(";", -1)), spent));
  }

  long total() {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  /** In lines of {@code frame;frame;frame nanoseconds}, always in the same order. */
  List<String> lines() {
    return nanos.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .sorted()
        .toList();
  }
}
