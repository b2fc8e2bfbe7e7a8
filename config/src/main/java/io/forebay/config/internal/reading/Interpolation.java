package io.forebay.config.internal.reading;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts secrets in: {@code ${env:NAME}} is the environment variable, {@code ${env:NAME:-TEXT}} as
 * well, or the text where the variable is not set or empty, {@code ${file:PATH}} the text of the
 * file without its last line break. A doubled dollar sign stands for one, and nothing is put in.
 *
 * @param environment the value of a variable, or null
 */
public record Interpolation(Function<String, @Nullable String> environment) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)\\}");
  private static final String OTHERWISE = ":-";
  private static final int MAX_SECRET_BYTES = 64 << 10;

  /**
   * A text after interpolation.
   *
   * @param value with what was put in
   * @param putIn what was put in from outside; a text that stands in the file is none of it
   * @param resolved whether something stands in place of a reference, wherever it is from
   */
  record Text(String value, List<String> putIn, boolean resolved, Optional<String> problem) {}

  Text resolve(String raw) {
    if (raw.indexOf("${") < 0) {
      return new Text(raw, List.of(), false, Optional.empty());
    }
    StringBuilder value = new StringBuilder();
    List<String> putIn = new ArrayList<>();
    boolean resolved = false;
    Optional<String> problem = Optional.empty();
    Matcher matcher = REFERENCE.matcher(raw);
    int from = 0;
    while (matcher.find()) {
      String between = raw.substring(from, matcher.start());
      from = matcher.end();
      value.append(between);
      String reference = matcher.group(1);
      if (reference == null) {
        value.append("${");
        continue;
      }
      try {
        Optional<String> instead = instead(reference);
        if (instead.isPresent()) {
          value.append(instead.get());
        } else {
          String found = lookUp(reference);
          putIn.add(found);
          value.append(found);
        }
        resolved = true;
      } catch (IllegalArgumentException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
        value.append(matcher.group());
      }
    }
    value.append(raw, from, raw.length());
    return new Text(value.toString(), List.copyOf(putIn), resolved, problem);
  }

  /** What the file says is to stand there, where the environment says nothing. */
  private Optional<String> instead(String reference) {
    int at = reference.indexOf(OTHERWISE);
    if (!reference.startsWith("env:") || at < 0) {
      return Optional.empty();
    }
    String value = environment.apply(reference.substring(4, at));
    return value == null || value.isEmpty()
        ? Optional.of(reference.substring(at + OTHERWISE.length()))
        : Optional.empty();
  }

  private String lookUp(String reference) {
    if (reference.startsWith("env:")) {
      int at = reference.indexOf(OTHERWISE);
      String name = reference.substring(4, at < 0 ? reference.length() : at);
      String value = environment.apply(name);
      if (value == null) {
        throw new IllegalArgumentException("the environment variable '" + name + "' is not set");
      }
      return value;
    }
    if (reference.startsWith("file:")) {
      return readSecret(reference.substring(5));
    }
    throw new IllegalArgumentException(
        "'${"
            + reference
            + "}' is not known; write ${env:NAME}, ${env:NAME:-TEXT}, ${file:PATH}, or $${ for ${");
  }

  private static String readSecret(String file) {
    try {
      return SmallFile.read(Path.of(file), MAX_SECRET_BYTES).replaceFirst("\\r?\\n$", "");
    } catch (SmallFile.RefusedException e) {
      throw new IllegalArgumentException("the file '" + file + "' " + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + file + "' is not a path", e);
    }
  }
}
