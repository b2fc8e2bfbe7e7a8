package io.forebay.workers.internal.binding;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
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
  static Set<String> names(String classPath) {
    Set<String> names = new HashSet<>();
    visit(classPath, (name, bytes) -> names.add(name));
    return names;
  }

  /**
   * The names of all classes there that extend or implement one of these, by way of others as well.
   * Nothing is loaded: what is no class file is passed by.
   */
  public static Set<String> subtypes(String classPath, Collection<String> types) {
    Map<String, List<String>> byParent = new HashMap<>();
    visit(
        classPath,
        (name, bytes) -> {
          for (String parent : parents(bytes.read())) {
            byParent.computeIfAbsent(parent, each -> new ArrayList<>()).add(name);
          }
        });
    Set<String> found = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(types);
    while (!next.isEmpty()) {
      for (String subtype : byParent.getOrDefault(next.removeFirst(), List.of())) {
        if (found.add(subtype)) {
          next.add(subtype);
        }
      }
    }
    return found;
  }

  private static List<String> parents(byte[] bytes) {
    List<String> parents = new ArrayList<>();
    try {
      ClassModel model = ClassFile.of().parse(bytes);
      model.superclass().ifPresent(type -> parents.add(type.asInternalName().replace('/', '.')));
      model.interfaces().forEach(type -> parents.add(type.asInternalName().replace('/', '.')));
    } catch (IllegalArgumentException e) {
      return List.of(); // Damaged, or of a newer Java.
    }
    return parents;
  }

  private interface Bytes {
    byte[] read() throws IOException;
  }

  private interface Visitor {
    void visit(String name, Bytes bytes) throws IOException;
  }

  private static void visit(String classPath, Visitor visitor) {
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
            for (Path file : (Iterable<Path>) files.limit(MOST_FILES)::iterator) {
              String name = path.relativize(file).toString();
              visit(name, File.separatorChar, () -> Files.readAllBytes(file), visitor);
            }
          }
        } else if (Files.isRegularFile(path)) {
          try (JarFile jar = new JarFile(path.toFile())) {
            entries.addAll(namedBy(jar, path));
            for (JarEntry file : (Iterable<JarEntry>) jar.stream().limit(MOST_FILES)::iterator) {
              visit(file.getName(), '/', () -> read(jar, file), visitor);
            }
          }
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // An unreadable entry has no suggestion to offer; the class loader ignores it as well.
      }
    }
  }

  private static byte[] read(JarFile jar, JarEntry file) throws IOException {
    try (InputStream in = jar.getInputStream(file)) {
      return in.readAllBytes();
    }
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

  private static void visit(String file, char separator, Bytes bytes, Visitor visitor)
      throws IOException {
    if (file.endsWith(".class") && !file.endsWith("-info.class")) {
      String name = file.substring(0, file.length() - ".class".length());
      visitor.visit(name.replace(separator, '.'), bytes);
    }
  }
}
