package io.forebay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.observe.Causes;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What is written about metrics, against a scrape. */
final class MetricNamesTest {
  private static final Path GUIDE = Path.of("../docs/guide/observing.md");
  private static final Path GRAFANA = Path.of("../examples/grafana.json");

  private static Scrape scrape() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create()
        .write(
            out,
            new Exposition(UnaryOperator.identity())
                .of(Runs.plant(10), Optional.of(Causes.of(Runs.plant(10)).getFirst())));
    return Scrape.of(out.toString(StandardCharsets.UTF_8));
  }

  /** Where it differs, {@code -Dforebay.write=true} writes it again. */
  @Test
  void guide_lists_what_a_scrape_shows() throws IOException {
    StringBuilder table = new StringBuilder("| metric | meaning |\n|---|---|\n");
    new TreeMap<>(scrape().helps())
        .forEach((name, help) -> table.append("| `" + name + "` | " + help + " |\n"));
    String guide = Files.readString(GUIDE);
    int from = guide.indexOf("<!-- metrics -->\n") + "<!-- metrics -->\n".length();
    String expected =
        guide.substring(0, from) + table + guide.substring(guide.indexOf("<!-- end -->", from));
    if (Boolean.getBoolean("forebay.write")) {
      Files.writeString(GUIDE, expected);
    }
    assertThat(Files.readString(GUIDE)).isEqualTo(expected);
  }

  @Test
  void dashboard_for_grafana_asks_only_for_what_a_scrape_shows() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(Files.readString(GRAFANA));
    Set<String> asked = new LinkedHashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        names(target.path("expr").asString(), asked);
      }
      assertThat(panel.path("type").asString().equals("row") || panel.path("targets").size() > 0)
          .as(panel.path("title").asString())
          .isTrue();
    }
    for (JsonNode variable : dashboard.path("templating").path("list")) {
      names(variable.path("query").toString(), asked);
    }
    assertThat(asked).hasSizeGreaterThan(15);
    assertThat(scrape().names()).containsAll(asked);
  }

  private static void names(String expression, Set<String> into) {
    Pattern.compile("forebay_\\w+").matcher(expression).results().forEach(m -> into.add(m.group()));
  }
}
