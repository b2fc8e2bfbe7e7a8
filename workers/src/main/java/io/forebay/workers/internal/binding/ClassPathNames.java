package io.forebay.workers.internal.binding;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Looks through the class path for the class that a misspelt name may have meant. */
public final class ClassPathNames {
  private static final int MOST_FILES = 100_000;

  private ClassPathNames() {}

  /**
   * The class whose name is nearest to {@code wanted}: the same simple name in another package, or
   * a small edit distance. Those that are likely come first.
   */
  static Optional<String> nearest(String wanted, String classPath, Predicate<String> likely) {
    String simple = simpleName(wanted);
    int most = Math.max(1, simple.length() / 3);
    record Candidate(String name, int distance) {}
    return names(classPath).stream()
        .map(name -> new Candidate(name, distance(wanted, name)))
        .filter(candidate ->
            simpleName(candidate.name).equalsIgnoreCase(simple) || candidate.distance <= most)
        .sorted(
            Comparator.comparing((Candidate c) -> !likely.test(c.name))
                .thenComparingInt(Candidate::distance)
                .thenComparing(Candidate::name))
        .map(Candidate::name)
        .findFirst();
  }

  /** Edit distance (Levenshtein), the least number of letters to insert, delete or exchange. */
  static int distance(String a, String b) {
    int[] costs = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      costs[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = costs[0];
      costs[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int exchanged = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = costs[j];
        costs[j] = Math.min(exchanged, 1 + Math.min(costs[j], costs[j - 1]));
      }
    }
    return costs[b.length()];
  }

  private static String simpleName(String name) {
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  /** The names of all classes in the folders and jars, and in the jars that those name. */
  public static Set<String> names(String classPath) {
    Set<String> names = new HashSet<>();
    Set<Path> seen = new HashSet<>();
    Deque<Path> entries = new ArrayDeque<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry));
    }
    while (!entries.isEmpty()) {
      Path path = entries.removeFirst().toAbsolutePath().normalize();
      if (!seen.add(path)) {
        continue;
      }
      try {
        if (Files.isDirectory(path)) {
          try (Stream<Path> files = Files.walk(path, 32)) {
            files
                .limit(MOST_FILES)
                .forEach(file -> add(names, path.relativize(file).toString(), File.separatorChar));
          }
        } else if (Files.isRegularFile(path)) {
          try (JarFile jar = new JarFile(path.toFile())) {
            entries.addAll(namedBy(jar, path));
            jar.stream().limit(MOST_FILES).forEach(file -> add(names, file.getName(), '/'));
          }
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // An unreadable entry has no suggestion to offer; the class loader ignores it as well.
      }
    }
    return names;
  }

  /** The jars of {@code Class-Path} in the manifest, which lie beside the jar. */
  private static List<Path> namedBy(JarFile jar, Path path) throws IOException {
    Manifest manifest = jar.getManifest();
    String value =
        manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    if (value == null) {
      return List.of();
    }
    return Stream.of(value.trim().split(" +", -1))
        .filter(entry -> !entry.isEmpty() && entry.indexOf(':') < 0)
        .map(path::resolveSibling)
        .toList();
  }

  private static void add(Set<String> names, String file, char separator) {
    if (file.endsWith(".class") && !file.endsWith("-info.class")) {
      names.add(file.substring(0, file.length() - ".class".length()).replace(separator, '.'));
    }
  }
}
