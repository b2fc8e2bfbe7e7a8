package io.forebay.formats.internal.csv;

import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells rows of names from records, and what columns they name. A name counts whatever its case and
 * the spaces around it, unless two fields differ in nothing else. Used by one thread.
 *
 * <p>A row of which a cell names a field is a header, unless it can be read as a record by cells
 * that are no text: then it has numbers or times where a header has names. It is obeyed if each of
 * its cells names a field, each another one, and every field that needs a value is there; otherwise
 * it is refused, and with it the rows that it is the header of.
 */
public final class CsvNames {
  private static final int UNKNOWN = -1;

  /** Bytes that a cell may have beyond the name in it. */
  private static final int SPACES = 16;

  private static final String SAY_WHICH = "say which with header: present, or header: absent";

  private final Schema schema;
  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Integer> folded = new HashMap<>();
  private final boolean onlyTexts;
  private final int longest;

  public CsvNames(Schema schema) {
    this.schema = schema;
    for (int i = 0; i < schema.size(); i++) {
      String name = schema.field(i).name();
      exact.put(name, i);
      folded.merge(fold(name), i, (one, other) -> UNKNOWN);
    }
    longest =
        exact.keySet().stream()
            .mapToInt(name -> name.getBytes(StandardCharsets.UTF_8).length)
            .max()
            .orElse(0);
    onlyTexts =
        schema.fields().stream().map(Field::type).allMatch(type -> type == ColumnType.STRING);
  }

  private static String fold(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether every row can be read as a record, one of names too. */
  public boolean onlyTexts() {
    return onlyTexts;
  }

  /** Whether the row may be one of names, by its first cell; spares a look at the others. */
  public boolean mayBe(byte[] bytes, CsvCells cells) {
    int from = cells.start(0);
    int length = cells.end(0) - from;
    if (length > longest + SPACES) {
      return false;
    }
    String first = new String(bytes, from, length, StandardCharsets.UTF_8);
    return exact.containsKey(first)
        || folded.containsKey(fold(first))
        || cells.isDoubled(0)
        || (!onlyTexts && isName(first));
  }

  private int[] find(List<String> cells) {
    int[] found = new int[cells.size()];
    for (int i = 0; i < found.length; i++) {
      Integer field = exact.get(cells.get(i));
      found[i] = field != null ? field : folded.getOrDefault(fold(cells.get(i)), UNKNOWN);
    }
    return found;
  }

  /**
   * What the first row of a message says of the columns; null if it is a record.
   *
   * @param isRecord whether it can be read as one, by a cell that is no text
   */
  public @Nullable CsvColumns first(List<String> cells, byte[] row, boolean isRecord) {
    int[] found = find(cells);
    boolean named = Arrays.stream(found).anyMatch(field -> field != UNKNOWN);
    if (isRecord) {
      return Arrays.stream(found).allMatch(field -> field != UNKNOWN)
          ? CsvColumns.refused(row, "the row may be a header or a record: " + SAY_WHICH)
          : null;
    }
    return named || (!onlyTexts && areNames(cells)) ? columns(cells, found, row) : null;
  }

  /**
   * What a row behind the first one says of the columns; null if it is no header, but a record or a
   * bad one.
   */
  public @Nullable CsvColumns later(List<String> cells, byte[] row) {
    int[] found = find(cells);
    long known = Arrays.stream(found).filter(field -> field != UNKNOWN).count();
    boolean isHeader =
        known == found.length || (!onlyTexts && known > 0 && cells.size() > 1 && areNames(cells));
    return isHeader ? columns(cells, found, row) : null;
  }

  /** Whether all cells are names as they are declared. */
  public boolean areExact(List<String> cells) {
    return exact.keySet().containsAll(cells);
  }

  /** What a row says of the columns if all of its cells are names; otherwise null. */
  public @Nullable CsvColumns named(List<String> cells) {
    int[] found = find(cells);
    return Arrays.stream(found).allMatch(field -> field != UNKNOWN)
        ? columns(cells, found, new byte[0])
        : null;
  }

  /** What a row that has to be a header says of the columns. */
  public CsvColumns columns(List<String> cells, byte[] row) {
    return columns(cells, find(cells), row);
  }

  private CsvColumns columns(List<String> cells, int[] found, byte[] row) {
    boolean[] there = new boolean[schema.size()];
    for (int i = 0; i < found.length; i++) {
      if (found[i] == UNKNOWN) {
        return refused(row, "names a column '" + shown(cells.get(i)) + "', which is no field");
      }
      if (there[found[i]]) {
        return refused(row, "names '" + schema.field(found[i]).name() + "' twice");
      }
      there[found[i]] = true;
    }
    for (int i = 0; i < there.length; i++) {
      if (!there[i] && !schema.field(i).nullable()) {
        return refused(row, "lacks '" + schema.field(i).name() + "', a field that is not nullable");
      }
    }
    boolean isOther = found.length != there.length;
    for (int i = 0; i < found.length; i++) {
      isOther |= found[i] != i;
    }
    return new CsvColumns(found, row, isOther, "");
  }

  private CsvColumns refused(byte[] row, String what) {
    return CsvColumns.refused(
        row,
        "the header "
            + what
            + " (fields: "
            + schema.fields().stream().map(Field::name).collect(Collectors.joining(", "))
            + "): let it name fields, or write header: absent if it is none");
  }

  private static String shown(String name) {
    return name.length() > 40 ? name.substring(0, 40) + "…" : name;
  }

  /** Whether all cells look like names, so that the row can hardly be a record with a mistake. */
  private static boolean areNames(List<String> cells) {
    return cells.size() > 1
        && cells.stream().distinct().count() == cells.size()
        && cells.stream().allMatch(CsvNames::isName);
  }

  private static boolean isName(String cell) {
    String name = cell.strip();
    return !name.isEmpty()
        && Character.isLetter(name.codePointAt(0))
        && name.codePoints().noneMatch(Character::isISOControl)
        && !List.of("true", "false", "null", "nan", "inf", "infinity", "none", "na", "nil")
            .contains(name.toLowerCase(Locale.ROOT));
  }
}
