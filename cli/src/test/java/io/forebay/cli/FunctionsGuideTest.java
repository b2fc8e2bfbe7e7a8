package io.forebay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.parameters.FunctionDescription;
import io.forebay.parameters.Parameter;
import io.forebay.workers.functions.FunctionCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What the manual says of functions is what they say of themselves. With {@code
 * -Dforebay.write=true} it is written anew.
 */
class FunctionsGuideTest {
  private static final Path GUIDE = Path.of("../docs/guide/ready-functions.md");

  /** Forebay's own; this module's tests have others. */
  private static final List<Class<?>> READY =
      FunctionCatalog.onClassPath().stream()
          .filter(each -> each.getName().startsWith("io.forebay.functions."))
          .toList();

  @Test
  void functions_of_the_guide_are_those_of_the_code() throws IOException {
    String guide = Files.readString(GUIDE);
    for (Class<?> each : READY) {
      FunctionDescription description = FunctionDescription.of(each).orElseThrow();
      guide = replace(guide, each.getName(), text(description));
    }
    if (Boolean.getBoolean("forebay.write")) {
      Files.writeString(GUIDE, guide);
    }
    assertThat(GUIDE)
        .as("write it again with -Dforebay.write=true and look at the difference")
        .hasContent(guide);
    assertThat(guide.split("<!-- function: ", -1)).hasSize(1 + READY.size());
  }

  @Test
  void every_function_is_described_with_an_example_that_names_it() {
    assertThat(READY).hasSizeGreaterThan(10);
    for (Class<?> each : READY) {
      Optional<FunctionDescription> description = FunctionDescription.of(each);
      assertThat(description).as(each.getName()).isPresent();
      assertThat(description.get().example()).contains(each.getName());
      assertThat(List.of(description.get().summary(), description.get().reads()))
          .doesNotContain("");
      assertThat(description.get().adds()).isNotEmpty();
    }
  }

  private static String replace(String guide, String name, String text) {
    String begin = "<!-- function: " + name + " -->\n";
    int from = guide.indexOf(begin);
    assertThat(from).as("the guide needs " + begin).isNotNegative();
    from += begin.length();
    return guide.substring(0, from) + text + guide.substring(guide.indexOf("<!-- end -->", from));
  }

  private static String text(FunctionDescription description) {
    StringBuilder text = new StringBuilder(description.summary()).append("\n\n");
    if (!description.formula().isEmpty()) {
      text.append("- computes `").append(description.formula()).append("`\n");
    }
    text.append("- reads ").append(description.reads()).append('\n');
    text.append("- adds ").append(description.adds()).append("\n\n");
    if (!description.parameters().isEmpty()) {
      text.append("| parameter | takes | default | meaning |\n|---|---|---|---|\n");
      description.parameters().forEach(each -> text.append(row(each)));
      text.append('\n');
    }
    return text.append("```yaml\n  - ").append(description.example()).append("\n```\n").toString();
  }

  private static String row(Parameter<?> each) {
    String otherwise =
        each.byDefault().map(text -> "`" + text + "`").or(each::otherwise).orElse("required");
    return "| `"
        + each.name()
        + "` | "
        + each.takes()
        + " | "
        + otherwise
        + " | "
        + each.meaning()
        + " |\n";
  }
}
