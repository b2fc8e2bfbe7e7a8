package io.forebay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the repository that are made from the code. Tests compare them; with {@code
 * -Dforebay.write=true} they write them.
 */
final class Generated {
  private Generated() {}

  /** The file, {@code path} below the repository's root. */
  static Path file(String path) {
    return Path.of("..").resolve(path);
  }

  static void check(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("forebay.write")) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, expected);
    }
    assertThat(file)
        .as("write it again with -Dforebay.write=true and look at the difference")
        .hasContent(expected);
  }
}
