package io.forebay.engine.internal.plan;

import io.forebay.Claim;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whose file is whose: a file that one source or output writes, under its own name or as a part of
 * what it keeps beside it, is used by no other. Names that lead to the same file (links, other
 * writings of a path, case where the file system does not tell it apart) are the same.
 */
public final class Claims {
  private static final int MOST_LINKS = 40;

  private final List<Held> all = new ArrayList<>();

  private record Held(String owner, Claim claim, Path path) {}

  /** The files of all parts of a pipeline, which are compared. */
  public static Claims of(PipelineDefinition config) {
    Claims claims = new Claims();
    config.sources().forEach(s -> claims.add("the source '" + s.name() + "'", s.source().claims()));
    config.sinks().forEach(s -> claims.add("the sink '" + s.name() + "'", s.sink().claims()));
    if (config.deadLetters() != null) {
      claims.add("the dead letters", config.deadLetters().claims());
    }
    return claims;
  }

  /**
   * Adds the files of one owner.
   *
   * @throws ConfigurationException if one of them is another's
   */
  public void add(String owner, List<Claim> claims) {
    for (Claim claim : claims) {
      Held next = new Held(owner, claim, canonical(claim.path(), MOST_LINKS));
      for (Held held : all) {
        if (!held.owner.equals(owner)
            && (held.claim.written() || claim.written())
            && !held.claim.shares(claim)
            && meet(held, next)) {
          throw refused(held, next);
        }
      }
      all.add(next);
    }
  }

  private static ConfigurationException refused(Held held, Held next) {
    boolean same = held.claim.path().equals(next.claim.path());
    boolean isHeld = !held.claim.isFolder();
    Held file = isHeld ? held : next;
    return new ConfigurationException(
        "'"
            + file.claim.path()
            + "' would be used by "
            + held.owner
            + (same || isHeld ? "" : as(held))
            + " and by "
            + next.owner
            + (same || !isHeld ? "" : as(next))
            + ", and one would destroy what the other writes: name another path");
  }

  private static String as(Held held) {
    return " (as '" + held.claim.path() + "')";
  }

  private static boolean meet(Held a, Held b) {
    if (!a.claim.isFolder() && !b.claim.isFolder()) {
      return same(a.path, b.path);
    }
    if (a.claim.isFolder() && b.claim.isFolder()) {
      return same(a.path, b.path)
          || (a.claim.isWholeFolder() && isWithin(b.path, a.path))
          || (b.claim.isWholeFolder() && isWithin(a.path, b.path));
    }
    Held folder = a.claim.isFolder() ? a : b;
    Held file = a.claim.isFolder() ? b : a;
    if (same(file.path, folder.path)) {
      return true;
    }
    if (folder.claim.isWholeFolder()) {
      return isWithin(file.path, folder.path);
    }
    Path parent = file.path.getParent();
    return parent != null
        && same(parent, folder.path)
        && String.valueOf(file.path.getFileName()).matches(folder.claim.names());
  }

  private static boolean isWithin(Path path, Path folder) {
    for (Path each = path.getParent(); each != null; each = each.getParent()) {
      if (same(each, folder)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(Path a, Path b) {
    if (a.equals(b)) {
      return true;
    }
    try {
      if (Files.exists(a) && Files.exists(b)) {
        return Files.isSameFile(a, b); // Also where one inode has two names.
      }
    } catch (IOException e) {
      return false;
    }
    return a.toString().equalsIgnoreCase(b.toString()) && ignoresCase(a);
  }

  /** Whether the file system takes names that differ in case for the same. */
  private static boolean ignoresCase(Path path) {
    for (Path each = path; each != null; each = each.getParent()) {
      Path name = each.getFileName();
      if (name != null && Files.exists(each)) {
        String other = name.toString().toUpperCase(Locale.ROOT);
        String swapped = other.equals(name.toString()) ? other.toLowerCase(Locale.ROOT) : other;
        if (!swapped.equals(name.toString())) {
          try {
            Path twin = each.resolveSibling(swapped);
            return Files.exists(twin) && Files.isSameFile(each, twin);
          } catch (IOException e) {
            return false;
          }
        }
      }
    }
    return false;
  }

  /** The absolute path without links, as far as it exists. */
  private static Path canonical(Path path, int links) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      return links == 0 ? absolute : missing(absolute, links);
    }
  }

  private static Path missing(Path absolute, int links) {
    Optional<Path> parent = Optional.ofNullable(absolute.getParent());
    Path name = absolute.getFileName();
    if (parent.isEmpty() || name == null) {
      return absolute;
    }
    try {
      if (Files.isSymbolicLink(absolute)) {
        return canonical(parent.get().resolve(Files.readSymbolicLink(absolute)), links - 1);
      }
    } catch (IOException e) {
      return absolute;
    }
    return canonical(parent.get(), links).resolve(name);
  }
}
