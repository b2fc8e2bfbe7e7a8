package io.forebay;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Files that a source or an output uses as its own. Before a pipeline starts they are compared: a
 * file that one of them writes is used by no other.
 *
 * @param path a file, or the folder in which the files are
 * @param names what the names of the files in the folder match; empty where {@code path} is the
 *     file
 * @param written whether they are written; what is only read may be read by several
 * @param sharedAs what the file is to those that may write it together, as the tables of one
 *     database do; empty where only one may
 */
public record Claim(Path path, String names, boolean written, String sharedAs) {
  /** Everything in a folder. */
  private static final String ALL = ".*";

  /** A file that is read. */
  public static Claim reads(Path file) {
    return new Claim(file, "", false, "");
  }

  /** A file that is written. */
  public static Claim writes(Path file) {
    return new Claim(file, "", true, "");
  }

  /** A file beside another one, with a longer name, that is written. */
  public static Claim writesBeside(Path file, String suffix) {
    return writes(file.resolveSibling(file.getFileName() + suffix));
  }

  /** A folder in which everything is written by one only. */
  public static Claim writesAllIn(Path folder) {
    return new Claim(folder, ALL, true, "");
  }

  /** Files in a folder whose names match a {@link Pattern}. */
  public static Claim writesIn(Path folder, String names) {
    return new Claim(folder, names, true, "");
  }

  /** The same, and others that share it as the same thing may write it. */
  public Claim sharedAs(String what) {
    return new Claim(path, names, written, what);
  }

  /** Whether both may write the same file. */
  public boolean shares(Claim other) {
    return !sharedAs.isEmpty() && sharedAs.equals(other.sharedAs);
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return !names.isEmpty();
  }

  /** Whether it is a folder in which everything is claimed. */
  public boolean isWholeFolder() {
    return names.equals(ALL);
  }
}
