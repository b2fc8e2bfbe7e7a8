package io.forebay.config.internal.rules;

import io.forebay.config.internal.reading.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Where files may lie, and that no two keys write the same one. */
public final class FileRules {
  private static final int MOST_SMALL_BYTES = 1 << 20;
  private static final int MOST_LINKS = 40;

  private final Path workingDirectory;
  private final Optional<String> root;

  /** Takes a key and what is wrong with it. */
  private final BiConsumer<String, String> problems;

  /** Path of a file (without symlinks), to the key that names it and whether it is written. */
  private final Map<String, Use> uses = new HashMap<>();

  private record Use(String key, boolean written) {}

  public FileRules(
      Path workingDirectory, Optional<String> root, BiConsumer<String, String> problems) {
    this.workingDirectory = workingDirectory;
    this.root = root;
    this.problems = problems;
  }

  /** A file that a key names; false if there is a problem. */
  public boolean check(String key, String path, boolean written) {
    if (path.isEmpty()) {
      return refuse(key, "is empty; name a file");
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      return refuse(key, "holds a line break or another control character; name a file without");
    }
    String canonical;
    if (path.equals("-")) {
      canonical = written ? "standard output" : "standard input";
    } else {
      canonical = canonical(path);
      if (canonical.isEmpty()) {
        return refuse(key, "'" + path + "' is not a path");
      }
      if (!isAllowed(canonical)) {
        return refuse(
            key,
            "'"
                + path
                + "' lies outside the working directory; move it or allow its folder with root:");
      }
    }
    Use before = uses.putIfAbsent(canonical, new Use(key, written));
    if (before != null && (written || before.written() || path.equals("-"))) {
      return refuse(key, "is the same file as " + before.key() + "; name another file");
    }
    return true;
  }

  /**
   * A file that is written and that no key names.
   *
   * @param what would go there: {@code the dead letters would go to}
   * @param instead what to do
   */
  public void checkDefault(String key, String path, String what, String instead) {
    String canonical = canonical(path);
    if (uses.containsKey(canonical)) {
      refuse(key, what + " '" + path + "', which is in use; " + instead);
    } else if (!isAllowed(canonical)) {
      refuse(key, what + " '" + path + "', outside the working directory; " + instead);
    }
  }

  /**
   * A certificate, a key: what reads it would wait for a pipe and fill the memory from a device.
   */
  void checkSmall(String key, String path) {
    try {
      SmallFile.check(workingDirectory.resolve(path), MOST_SMALL_BYTES);
    } catch (SmallFile.RefusedException e) {
      refuse(key, "'" + path + "' " + e.getMessage());
    } catch (InvalidPathException e) {
      refuse(key, "'" + path + "' is not a path");
    }
  }

  /** The same, of one that lies where files may lie. */
  void checkSmallHere(String key, String path) {
    if (check(key, path, false)) {
      checkSmall(key, path);
    }
  }

  private boolean refuse(String key, String sentence) {
    problems.accept(key, sentence);
    return false;
  }

  private boolean isAllowed(String canonical) {
    List<String> folders = new ArrayList<>(List.of(canonical(".")));
    root.ifPresent(folder -> folders.add(canonical(folder)));
    // Serial lines are where the system puts them.
    if (canonical.startsWith("/dev/tty")) {
      return true;
    }
    return folders.stream().anyMatch(folder -> Path.of(canonical).startsWith(folder));
  }

  /** The path that the system comes to; empty if it is not a path. */
  private String canonical(String path) {
    try {
      return canonical(workingDirectory.resolve(path).toAbsolutePath()).toString();
    } catch (InvalidPathException e) {
      return "";
    } catch (IOException e) {
      return workingDirectory.resolve(path).toAbsolutePath().normalize().toString();
    }
  }

  /**
   * Follows links name by name, as the system does: also one that leads to what is not there yet,
   * because a file would be made there, and also one before a {@code ..}.
   */
  private static Path canonical(Path absolute) throws IOException {
    Path top = absolute.getRoot();
    Path at = top;
    Deque<Path> names = new ArrayDeque<>();
    absolute.forEach(names::addLast);
    int links = 0;
    while (!names.isEmpty()) {
      String name = names.removeFirst().toString();
      if (name.equals("..")) {
        at = at.getParent() == null ? top : at.getParent();
        continue;
      }
      Path next = name.equals(".") || name.isEmpty() ? at : at.resolve(name);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new IOException("too many links");
      }
      Path target = Files.readSymbolicLink(next);
      List<Path> targets = new ArrayList<>();
      target.forEach(targets::add);
      targets.reversed().forEach(names::addFirst);
      at = target.isAbsolute() ? top : at;
    }
    return at;
  }
}
