package io.forebay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ids of records that were delivered as JSON. */
final class Ids {
  private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

  private Ids() {}

  /** Of each line of a file. */
  static List<Long> in(Path file) throws IOException {
    return of(Files.readAllLines(file));
  }

  static List<Long> of(List<String> lines) {
    return lines.stream()
        .map(line -> {
          Matcher id = ID.matcher(line);
          assertThat(id.find()).as(line).isTrue();
          return Long.valueOf(id.group(1));
        })
        .toList();
  }
}
