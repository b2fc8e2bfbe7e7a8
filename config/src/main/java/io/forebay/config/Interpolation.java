package io.forebay.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
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
 * @param secrets what was put in so far
 */
record Interpolation(Function<String, @Nullable String> environment, Set<String> secrets) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)\\}");
  private static final int MAX_SECRET_BYTES = 64 << 10;

  Interpolation(Function<String, @Nullable String> environment) {
    this(environment, new HashSet<>());
  }

  /**
   * A text after interpolation.
   *
   * @param value with the secrets
   * @param shown with {@code ***} in place of them
   */
  record Text(String value, String shown, Optional<String> problem) {}

  Text resolve(String raw) {
    if (raw.indexOf("${") < 0) {
      return new Text(raw, raw, Optional.empty());
    }
    StringBuilder value = new StringBuilder();
    StringBuilder shown = new StringBuilder();
    Optional<String> problem = Optional.empty();
    Matcher matcher = REFERENCE.matcher(raw);
    int from = 0;
    while (matcher.find()) {
      String between = raw.substring(from, matcher.start());
      from = matcher.end();
      value.append(between);
      shown.append(between);
      String reference = matcher.group(1);
      if (reference == null) {
        value.append("${");
        shown.append("${");
        continue;
      }
      try {
        String secret = lookUp(reference);
        secrets.add(secret);
        value.append(secret);
        shown.append("***");
      } catch (IllegalArgumentException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
        value.append(matcher.group());
        shown.append(matcher.group());
      }
    }
    value.append(raw, from, raw.length());
    shown.append(raw, from, raw.length());
    return new Text(value.toString(), shown.toString(), problem);
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
      return readSecret(Path.of(reference.substring(5)));
    }
    throw new IllegalArgumentException(
        "'${" + reference + "}' is not known; write ${env:NAME}, ${file:PATH}, or $${ for ${");
  }

  private static String readSecret(Path file) {
    try {
      if (Files.size(file) > MAX_SECRET_BYTES) {
        throw new IllegalArgumentException("the file '" + file + "' has more than 64 KiB");
      }
      return Files.readString(file).replaceFirst("\\r?\\n$", "");
    } catch (IOException e) {
      throw new IllegalArgumentException("the file '" + file + "' cannot be read", e);
    }
  }
}
