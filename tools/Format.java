import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Formats every Java file of the project as google-java-format does, or checks that it is so.
 *
 * <p>Contents that are known to be well formatted are remembered by their hash, so that a second
 * check only reads the files. Run by the build: {@code java tools/Format.java check|write}.
 */
final class Format {
  private static final Path KNOWN = Path.of("target", "format", "known");
  private static final Path WRONG = Path.of("target", "format", "wrong");

  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Set<String> known =
        Files.exists(KNOWN) ? Set.copyOf(Files.readAllLines(KNOWN)) : Set.<String>of();
    var good = new ConcurrentSkipListSet<String>();
    var wrong = new ConcurrentSkipListSet<String>();
    javaFiles(Path.of("")).parallelStream()
        .forEach(file -> format(file, write, known, good, wrong));
    Files.createDirectories(KNOWN.getParent());
    Files.write(KNOWN, new TreeSet<>(good));
    Files.deleteIfExists(WRONG);
    if (!wrong.isEmpty()) {
      Files.write(WRONG, wrong);
      wrong.forEach(file -> System.err.println("not formatted: " + file));
      System.exit(3);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    var files = new ArrayList<Path>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static void format(
      Path file, boolean write, Set<String> known, Set<String> good, Set<String> wrong) {
    try {
      String text = Files.readString(file);
      String hash = hash(text);
      if (known.contains(hash)) {
        good.add(hash);
        return;
      }
      String formatted = new Formatter().formatSourceAndFixImports(text);
      if (formatted.equals(text)) {
        good.add(hash);
      } else if (write) {
        Files.writeString(file, formatted);
        System.out.println("formatted " + file);
      } else {
        wrong.add(file.toString());
      }
    } catch (IOException | FormatterException e) {
      wrong.add(file + ": " + e.getMessage());
    }
  }

  private static String hash(String text) {
    try {
      String seed = Formatter.class.getPackage().getImplementationVersion() + text;
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(seed.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
