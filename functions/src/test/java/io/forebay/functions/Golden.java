package io.forebay.functions;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Files that {@code src/test/golden/golden.py} has made. */
final class Golden {
  private Golden() {}

  /** The lines of a table without its header, each in its cells. */
  static List<List<String>> table(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> List.of(line.split("\t", -1)))
          .toList();
    }
  }

  /** A number as Python prints it; null for None. */
  static @Nullable Double number(String cell) {
    return switch (cell) {
      case "None" -> null;
      case "nan" -> Double.NaN;
      default -> Double.valueOf(cell);
    };
  }

  /** A whole number as Python prints it; null for None. */
  static @Nullable Long whole(String cell) {
    return cell.equals("None") ? null : Long.valueOf(cell);
  }

  /** A text; null for None. */
  static @Nullable String text(String cell) {
    return cell.equals("None") ? null : cell;
  }

  /** True, False or None. */
  static @Nullable Boolean bool(String cell) {
    return cell.equals("None") ? null : Boolean.valueOf(cell);
  }
}
