package io.forebay.benchmarks;

import io.forebay.benchmarks.PoolWorkload.Placement;
import io.forebay.workers.api.FunctionSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Slide 9: the lecture's function gives the same, bit for bit, wherever it runs. */
final class SameResults {
  private static final int BATCH = 1000;
  private static final List<String> COLUMNS = List.of("normalized", "feature");

  private SameResults() {}

  static String measure(Session session) throws Exception {
    int records = session.scaled(50_000, 2_000);
    Path in = Readings.jsonl(session.file("readings-" + records + ".jsonl"), records);
    Path out = session.file("inline.jsonl");
    Subprocess.run(Rivals.script("jsonl_inline.py", in.toString(), out.toString()));
    List<JsonNode> expected;
    try (var lines = Files.lines(out)) {
      expected = lines.map(JsonMapper.shared()::readTree).toList();
    }
    Map<String, FunctionSpec> ours = new LinkedHashMap<>();
    ours.put("Forebay, the same Python", Rivals.function("lecture.processRecordBatch"));
    ours.put("Forebay, in Java, over columns", FunctionSpec.of(PoolWorkload.LECTURE));
    ours.put("Forebay, in Java, over records", FunctionSpec.of(PoolWorkload.LECTURE + "PerRecord"));
    StringBuilder table =
        new StringBuilder("| against the lecture's function, inline | the same |\n|---|---:|\n");
    for (Map.Entry<String, FunctionSpec> entry : ours.entrySet()) {
      try (PoolWorkload pool =
          PoolWorkload.start(Placement.PROCESSES, entry.getValue(), 2, records, BATCH)) {
        pool.recordsPerSecond(1);
        table.append(
            "| %s | %,d of %,d records |\n"
                .formatted(entry.getKey(), same(pool, expected), records));
      }
    }
    return table.toString();
  }

  private static int same(PoolWorkload pool, List<JsonNode> expected) {
    boolean[] different = new boolean[expected.size()];
    for (String column : COLUMNS) {
      double[] found = pool.outputs(column);
      for (int record = 0; record < found.length; record++) {
        long bits = Double.doubleToRawLongBits(expected.get(record).get(column).asDouble());
        different[record] |= bits != Double.doubleToRawLongBits(found[record]);
      }
    }
    int same = 0;
    for (boolean one : different) {
      same += one ? 0 : 1;
    }
    return same;
  }
}
