package io.forebay.cli.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a terminal shows in the end, as far as a {@link Screen} asks something of it. */
public final class Shown {
  private static final Pattern PIECE =
      Pattern.compile("\u001b\\[(\\??[0-9]*)([AJKlh])|\r?\n|[^\u001b\r\n]+");

  private Shown() {}

  /** The lines that are there after this was printed. */
  public static List<String> of(String printed) {
    List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    int at = 0;
    Matcher piece = PIECE.matcher(printed);
    while (piece.find()) {
      if (piece.group().endsWith("\n")) {
        at++;
        if (at == lines.size()) {
          lines.add(new StringBuilder());
        }
      } else if (piece.group(2) == null) {
        lines.get(at).append(piece.group());
      } else {
        switch (piece.group(2)) {
          case "A" -> at -= Integer.parseInt(piece.group(1));
          case "J" -> {
            lines.subList(at + 1, lines.size()).clear();
            lines.get(at).setLength(0);
          }
          case "K" -> lines.get(at).setLength(0);
          default -> {} // whether long lines wrap
        }
      }
    }
    return lines.stream().map(StringBuilder::toString).toList();
  }
}
