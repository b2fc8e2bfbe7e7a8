package io.forebay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WorkerPoolsTest {
  private static final Path SOURCE =
      Path.of("src/main/java/io/forebay/examples/WorkerPools.java").toAbsolutePath();
  private static final Path GUIDE = Path.of("../docs/guide/pool.md").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void gives_the_results_that_the_guide_says() throws Exception {
    assertThat(WorkerPools.call()).isEqualTo(1229);
    assertThat(WorkerPools.limited()).isEqualTo(25);
    assertThat(WorkerPools.map()).startsWith(4L, 8L, 12L, 22L).hasSize(8);
    assertThat(WorkerPools.outcomes()).isEqualTo(3);
    assertThat(WorkerPools.batch()).isGreaterThan(0);
    assertThat(WorkerPools.executor()).isEqualTo(1229);
  }

  @Test
  void calls_python_when_there_is_one() throws Exception {
    assumeTrue(hasPython(), "there is no python3 of version 3.9 or newer");
    String guide = Files.readString(GUIDE);
    Matcher code = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL).matcher(guide);
    assertThat(code.find()).isTrue();
    Files.writeString(folder.resolve("words.py"), code.group(1));
    assertThat(WorkerPools.python(folder)).isEqualTo("HELLO");
  }

  @Test
  void is_what_the_guide_shows() throws IOException {
    String source = withoutIndentation(Files.readString(SOURCE));
    Matcher code =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
    int blocks = 0;
    while (code.find()) {
      assertThat(source).contains(withoutIndentation(code.group(1)));
      blocks++;
    }
    assertThat(blocks).isGreaterThan(6);
  }

  private static String withoutIndentation(String code) {
    return code.replaceAll("(?m)^ +", "");
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
