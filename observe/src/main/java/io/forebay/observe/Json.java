package io.forebay.observe;

import io.forebay.internal.text.Characters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes JSON text from maps, lists, strings, numbers and booleans, indented by two spaces. For
 * summaries and schemas; records have faster writers.
 */
public final class Json {
  private final StringBuilder out = new StringBuilder();

  private final UnaryOperator<String> texts;

  private Json(UnaryOperator<String> texts) {
    this.texts = texts;
  }

  /** The text, with a line break at its end. Maps keep their order. */
  public static String write(Object value) {
    return write(value, UnaryOperator.identity());
  }

  /** The same, with {@code texts} applied to each text that is a value. */
  public static String write(Object value, UnaryOperator<String> texts) {
    Json json = new Json(texts);
    json.value(value, 0);
    return json.out.append('\n').toString();
  }

  /** To six places; 0 for what is no number. */
  public static double rounded(double value) {
    return Double.isFinite(value) ? Math.round(value * 1e6) / 1e6 : 0;
  }

  /** A map that keeps the order of its members. */
  public static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }

  private void value(Object value, int depth) {
    switch (value) {
      case Map<?, ?> map -> {
        if (map.isEmpty()) {
          out.append("{}");
          return;
        }
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(before);
          newLine(depth + 1);
          quote(String.valueOf(entry.getKey()), out);
          out.append(": ");
          value(entry.getValue(), depth + 1);
          before = ',';
        }
        newLine(depth);
        out.append('}');
      }
      case List<?> list -> {
        if (list.isEmpty()) {
          out.append("[]");
          return;
        }
        char before = '[';
        for (Object element : list) {
          out.append(before);
          newLine(depth + 1);
          value(element, depth + 1);
          before = ',';
        }
        newLine(depth);
        out.append(']');
      }
      case Double number when !Double.isFinite(number) -> out.append("null");
      case Number number -> out.append(number);
      case Boolean bool -> out.append(bool);
      default -> quote(texts.apply(value.toString()), out);
    }
  }

  private void newLine(int depth) {
    out.append('\n').repeat("  ", depth);
  }

  /** Adds the text in quotes. What could steer a terminal or end a line is escaped, too. */
  public static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (Characters.isPlain(text, i)) {
            out.append(c);
          } else {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          }
        }
      }
    }
    out.append('"');
  }
}
