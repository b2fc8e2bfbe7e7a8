package io.forebay.connectors.file;

import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.SourceContext;
import io.forebay.testkit.CollectingWriter;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Runs sources without an engine. */
final class Sources {
  private Sources() {}

  /** A context that goes on behind {@code resume}. */
  static SourceContext context(RecordWriter writer, Position resume, Set<String> replaced) {
    return new SourceContext() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public RecordWriter partition(String partition) {
        return writer;
      }

      @Override
      public Position resumeFrom(String partition) {
        return resume;
      }

      @Override
      public Set<String> replacedColumns() {
        return replaced;
      }
    };
  }

  static CollectingWriter run(FileSource source) {
    return run(source, Position.START, Set.of());
  }

  static CollectingWriter run(FileSource source, Position resume, Set<String> replaced) {
    CollectingWriter writer = new CollectingWriter(source.schema());
    try (source) {
      source.run(context(writer, resume, replaced));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return writer;
  }

  /** A source of {@code content} on the standard input. */
  static FileSource.Builder of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  static FileSource.Builder of(byte[] content) {
    return FileSource.builder("-").standardInput(new ByteArrayInputStream(content));
  }
}
