package io.forebay.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A pipeline whose bottleneck is known by construction: a document of {@code diagnosis/*.yaml}.
 * What surrounds it stands in the comments at its top.
 *
 * <ul>
 *   <li>{@code told: waits of work}: kind and part; {@code |} between what is right as well, {@code
 *       &} between causes that came one after the other
 *   <li>{@code beside: 2}: so many programs that compute run beside it
 *   <li>{@code file: readings.csv 1000 wide}: a file that is made first
 *   <li>{@code sends: 1000}: lines a second are sent to its port
 *   <li>{@code store: 50}: its store answers after so many milliseconds; {@code 0 50 4}: after 50
 *       from the fourth second on
 *   <li>{@code reads: 2000}: what it prints is read at so many lines a second
 *   <li>{@code quiet: 99}: it has so many more sources, which give little
 *   <li>{@code stop: 5}: it is stopped after so many seconds
 *   <li>{@code trial: true}: what is advised is tried, and the predicted gain held against it
 * </ul>
 */
record KnownPipeline(String name, String yaml, Map<String, String> surroundings) {
  private static final List<String> FAMILIES = List.of("flow", "stages", "workers", "outputs");

  /** All that are kept, or those whose names begin with one of these. */
  static List<KnownPipeline> all(String... beginnings) throws IOException {
    List<KnownPipeline> all = new ArrayList<>();
    for (String family : FAMILIES) {
      for (String document : resource(family + ".yaml").split("(?m)^---\n", -1)) {
        KnownPipeline pipeline = of(document);
        if (beginnings.length == 0 || Stream.of(beginnings).anyMatch(pipeline.name::startsWith)) {
          all.add(pipeline);
        }
      }
    }
    return all;
  }

  private static KnownPipeline of(String document) {
    Map<String, String> surroundings = new LinkedHashMap<>();
    String name = "";
    for (String line : document.split("\n", -1)) {
      String[] parts = line.split(": ", 2);
      if (line.startsWith("# ")) {
        surroundings.put(parts[0].substring(2), parts[1]);
      } else if (line.startsWith("name: ")) {
        name = parts[1];
      }
    }
    return new KnownPipeline(name, document, surroundings);
  }

  /** The text of a file beside the pipelines. */
  static String resource(String file) throws IOException {
    try (InputStream in = KnownPipeline.class.getResourceAsStream("/diagnosis/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
    }
  }

  /** Of a surrounding, or 0. */
  long number(String surrounding) {
    return Long.parseLong(surroundings.getOrDefault(surrounding, "0"));
  }

  String told() {
    return surroundings.get("told");
  }

  /** Whether these causes, as {@code waits of work}, are the ones that it has. */
  boolean isToldBy(List<String> causes) {
    return told().contains(" & ")
        ? causes.containsAll(Arrays.asList(told().split(" & ")))
        : Arrays.asList(told().split(" \\| ")).contains(causes.getFirst());
  }
}
