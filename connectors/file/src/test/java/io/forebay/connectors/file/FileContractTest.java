package io.forebay.connectors.file;

import io.forebay.DeadLetters;
import io.forebay.Output;
import io.forebay.Schema;
import io.forebay.Sink;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.testkit.DeadLettersContract;
import io.forebay.testkit.Place;
import io.forebay.testkit.Seed;
import io.forebay.testkit.SinkContract;
import io.forebay.testkit.SourceContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every source and sink for files keeps the contract that the engine relies on. */
class FileContractTest {
  private static final long SEED = Seed.of(7);

  @TempDir Path folder;

  private final AtomicInteger places = new AtomicInteger();

  private record FilePlace<O extends Output>(Path file, Function<String, O> outputs)
      implements Place<O> {
    @Override
    public O output() {
      return outputs.apply(file.toString());
    }

    @Override
    public Object contents() throws IOException {
      return Files.exists(file) ? Files.readString(file) : "";
    }
  }

  private <O extends Output> Place<O> place(String extension, Function<String, O> outputs) {
    return new FilePlace<>(folder.resolve(places.incrementAndGet() + extension), outputs);
  }

  @Test
  void jsonl_sink_keeps_the_contract() throws Exception {
    SinkContract.check(() -> this.<Sink>place(".jsonl", JsonlSink::to));
  }

  @Test
  void dead_letters_keep_the_contract() throws Exception {
    DeadLettersContract.check(() -> this.<DeadLetters>place(".jsonl", JsonlDeadLetters::to));
  }

  @Test
  void jsonl_source_keeps_the_contract_when_some_lines_are_bad() throws Exception {
    Path file = folder.resolve("readings.jsonl");
    Files.writeString(file, jsonl());
    checkSource(file);
  }

  @Test
  void jsonl_source_keeps_the_contract_when_the_file_is_compressed() throws Exception {
    Path file = folder.resolve("readings.jsonl.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(jsonl().getBytes(StandardCharsets.UTF_8));
    }
    checkSource(file);
  }

  private static void checkSource(Path file) throws Exception {
    Schema fields =
        Schema.of(
            Field.of("sensorId", ColumnType.STRING),
            Field.of("timestamp", ColumnType.TIMESTAMP_MS),
            Field.nullable("value", ColumnType.FLOAT64));
    SourceContract.check(() -> FileSource.builder(file.toString()).fields(fields).build());
  }

  private static String jsonl() {
    StringBuilder lines = new StringBuilder();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 200; i++) {
      lines.append(
          switch (random.nextInt(8)) {
            case 0 -> "{\"sensorId\":\"hall\",\"timestamp\":" + i + ",\"value\":null,\"é\":[1]}\n";
            case 1 -> "{\"sensorId\":\"hall\",\"timestamp\":" + i + ",\"value\":oops}\r\n";
            case 2 -> "{\"sensorId\":\"hall\"}\n";
            case 3 -> "\n";
            default ->
                "{\"sensorId\":\"hall\",\"timestamp\":"
                    + i
                    + ",\"value\":"
                    + random.nextInt(100) / 8.0
                    + "}\n";
          });
    }
    return lines.toString();
  }
}
