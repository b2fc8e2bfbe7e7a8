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
 * Puts secrets in: {@code ${env:NAME}} is the environment variable, {@code ${file:PATH}} the text
 * of the file without its last line break. A doubled dollar sign stands for one, and nothing is put
 * in.
 *
 * @param environment the value of a variable, or null
 */
public record Interpolation(Function<String, @Nullable String> environment) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)\\}");
  private static final int MAX_SECRET_BYTES = 64 << 10;

  /**
   * A text after interpolation.
   *
   * @param value with what was put in
   * @param putIn what was put in
   */
  record Text(String value, List<String> putIn, Optional<String> problem) {}

  Text resolve(String raw) {
    if (raw.indexOf("${") < 0) {
      return new Text(raw, List.of(), Optional.empty());
    }
    StringBuilder value = new StringBuilder();
    List<String> putIn = new ArrayList<>();
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
        String found = lookUp(reference);
        putIn.add(found);
        value.append(found);
      } catch (IllegalArgumentException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
        value.append(matcher.group());
      }
    }
    value.append(raw, from, raw.length());
    return new Text(value.toString(), List.copyOf(putIn), problem);
  }

  private String lookUp(String reference) {
    if (reference.startsWith("env:")) {
      String name = reference.substring(4);
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
        "'${" + reference + "}' is not known; write ${env:NAME}, ${file:PATH}, or $${ for ${");
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
