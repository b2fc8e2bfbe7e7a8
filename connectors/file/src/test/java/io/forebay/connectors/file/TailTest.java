package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.Position;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.CollectingWriter.Line;
import io.forebay.testkit.Seed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that grow, are renamed, copied and cut off, and sources that follow them. */
class TailTest {
  private static final long SEED = Seed.of(20250106);
  private static final Schema FIELDS = Schema.of(Field.of("id", ColumnType.INT64));

  /** Enough for a renamed file to be complete, and for the next one to be read. */
  private static final int COMPLETE = Tail.QUIET_POLLS + 2;

  /** As many as are renamed once more. */
  private static final int MOST_RENAMED = 60;

  @TempDir Path directory;
  private Path file;
  private long clock = 1_700_000_000_000L;

  @BeforeEach
  void name() {
    file = directory.resolve("readings.jsonl");
  }

  private static String line(long id) {
    return "{\"id\":" + id + "}\n";
  }

  private static void append(Path to, String text) throws IOException {
    Files.writeString(to, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void cutOff() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  /** Renames as log rotation does: .2 to .3, .1 to .2, and the file to .1. */
  private Path rotate() throws IOException {
    shift();
    Path renamed = directory.resolve("readings.jsonl.1");
    Files.move(file, renamed);
    // Some file systems round times up to many milliseconds.
    Files.setLastModifiedTime(renamed, FileTime.fromMillis(clock += 1_000));
    return renamed;
  }

  private void shift() throws IOException {
    for (int i = MOST_RENAMED; i > 0; i--) {
      Path from = directory.resolve("readings.jsonl." + i);
      if (Files.exists(from)) {
        Files.move(
            from,
            directory.resolve("readings.jsonl." + (i + 1)),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void clear() throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path each : files) {
        Files.delete(each);
      }
    }
  }

  private Following follow(Position resume) {
    return new Following(FileSource.builder(file.toString()).fields(FIELDS), resume);
  }

  @Test
  void reads_what_is_appended_when_a_file_is_followed() throws Exception {
    append(file, line(1) + line(2) + "{\"id\"");
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      assertThat(following.ids()).containsExactly(1L, 2L);
      append(file, ":3");
      following.polls.pass(3);
      assertThat(following.ids()).containsExactly(1L, 2L);
      append(file, "}\n\nx\n" + line(4));
      following.polls.pass(1);
      assertThat(following.ids())
          .containsExactly(1L, 2L, 3L, "expected an object, found x at column 1", 4L);
      assertThat(following.lines().stream().map(Line::sequence))
          .containsExactly(1L, 2L, 3L, 5L, 6L);
    }
  }

  @Test
  void waits_for_the_file_when_it_comes_later() throws Exception {
    try (Following following = follow(Position.START)) {
      following.polls.pass(3);
      append(file, line(1));
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L);
    }
  }

  @Test
  void reads_the_rest_first_when_the_file_is_renamed() throws Exception {
    append(file, line(1));
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      append(file, line(2));
      Path renamed = rotate();
      following.polls.pass(COMPLETE);
      append(renamed, line(3));
      following.polls.pass(1);
      append(file, line(5));
      following.polls.pass(2);
      // Whoever writes may not have noticed yet.
      append(renamed, line(4).strip());
      following.polls.pass(Tail.QUIET_POLLS);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L);
      following.polls.pass(2);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L, 4L, 5L);
      append(file, line(6));
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void reads_the_rest_from_the_copy_when_the_file_is_copied_and_cut_off() throws Exception {
    append(file, line(1) + "{\"id\":");
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      append(file, "2}\n" + line(3));
      Files.copy(file, directory.resolve("readings.jsonl.1"));
      cutOff();
      append(file, line(4));
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L, 4L);
    }
  }

  @Test
  void starts_at_the_beginning_when_the_file_is_cut_off_and_grows_again() throws Exception {
    append(file, line(1) + line(2));
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      cutOff();
      // Longer than before: its size alone says nothing.
      append(file, line(3) + line(4) + line(5));
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L, 4L, 5L);
      cutOff();
      following.polls.pass(2);
      append(file, line(6));
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void goes_on_in_the_right_file_when_it_was_rotated_while_nothing_ran() throws Exception {
    append(file, line(1) + line(2) + line(3));
    Position behindSecond;
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      Line second = following.lines().get(1);
      behindSecond = new Position(second.sequence(), second.offset());
    }
    rotate();
    append(file, line(4));
    rotate();
    append(file, line(5) + line(6) + line(7));
    try (Following following = follow(behindSecond)) {
      following.polls.pass(3 * COMPLETE);
      assertThat(following.ids()).containsExactly(3L, 4L, 5L, 6L, 7L);
      assertThat(following.lines().getFirst().sequence()).isEqualTo(3);
      assertThat(following.lines().getLast().sequence()).isEqualTo(7);
    }
  }

  @Test
  void goes_on_in_the_copy_when_the_file_was_cut_off_while_nothing_ran() throws Exception {
    append(file, line(1) + line(2) + line(3));
    Position behindFirst;
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      Line first = following.lines().getFirst();
      behindFirst = new Position(first.sequence(), first.offset());
    }
    Files.copy(file, directory.resolve("readings.jsonl-2025"));
    cutOff();
    append(file, line(4) + line(5));
    try (Following following = follow(behindFirst)) {
      following.polls.pass(2 * COMPLETE);
      assertThat(following.ids()).containsExactly(2L, 3L, 4L, 5L);
    }
  }

  @Test
  void reads_another_file_from_its_beginning_when_the_one_before_is_gone() throws Exception {
    append(file, line(1) + line(2));
    Position end;
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      end = following.position(Position.START);
    }
    Files.delete(file);
    append(file, line(7) + line(8) + line(9));
    try (Following following = follow(end)) {
      following.polls.rest();
      assertThat(following.ids()).containsExactly(7L, 8L, 9L);
    }
  }

  @Test
  void goes_on_behind_a_line_when_it_was_too_long() throws Exception {
    append(file, line(1) + "x".repeat(2 << 20) + "\n");
    Position end;
    try (Following following = follow(Position.START)) {
      following.polls.rest();
      assertThat(following.lines()).hasSize(2);
      end = following.position(Position.START);
    }
    append(file, line(3));
    try (Following following = follow(end)) {
      following.polls.rest();
      assertThat(following.ids()).containsExactly(3L);
    }
  }

  @Test
  void skips_the_header_of_each_file_when_csv_is_followed() throws Exception {
    file = directory.resolve("readings.csv");
    FileSource.Builder builder = FileSource.builder(file.toString()).fields(FIELDS);
    try (Following following = new Following(builder, Position.START)) {
      append(file, "id\n1\n2\n");
      following.polls.pass(2);
      Files.move(file, directory.resolve("readings.csv.1"));
      append(file, "i");
      following.polls.pass(COMPLETE);
      append(file, "d\n3\n");
      following.polls.pass(1);
      assertThat(following.ids()).containsExactly(1L, 2L, 3L);
      Files.move(file, directory.resolve("readings.csv.2"));
      append(file, "other,id\n");
      for (int i = 0; i <= Tail.QUIET_POLLS; i++) {
        following.polls.released();
      }
      assertThat(following.failure())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("has changed: it was id and is other, id");
    }
  }

  @Test
  void refuses_to_follow_when_the_file_is_compressed_or_the_standard_input() {
    for (String path : List.of("a.jsonl.gz", "-")) {
      assertThatThrownBy(() -> FileSource.builder(path).fields(FIELDS).follow().build())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("follow");
    }
  }

  @Test
  void reads_every_line_once_and_in_order_when_files_and_runs_change_at_random() throws Exception {
    for (int round = 0; round < 60; round++) {
      Random random = new Random(SEED + round);
      name();
      List<Object> expected = new ArrayList<>();
      List<Object> read = new ArrayList<>();
      List<String> steps = new ArrayList<>();
      Position position = Position.START;
      append(file, line(1_000));
      expected.add(1_000L);
      Following following = follow(position);
      long next = 1_001;
      try {
        following.polls.rest();
        for (int step = 0; step < 40; step++) {
          int what = random.nextInt(10);
          steps.add("" + what);
          if (what < 5) {
            String text = line(next);
            int cut = random.nextInt(text.length());
            append(file, text.substring(0, cut));
            if (random.nextInt(4) == 0) {
              following.polls.pass(1);
            }
            append(file, text.substring(cut));
            expected.add(next++);
          } else if (what < 7) {
            following.polls.pass(1 + random.nextInt(COMPLETE));
          } else if (what == 7 && Files.exists(file)) {
            rotate();
          } else if (what == 8 && Files.exists(file) && Files.size(file) > 0) {
            // Of a file that is cut off, something was read before; the rest is in the copy.
            following.polls.pass(12 * COMPLETE);
            append(file, line(next));
            expected.add(next++);
            shift();
            Path copy = directory.resolve("readings.jsonl.1");
            Files.copy(file, copy);
            Files.setLastModifiedTime(copy, FileTime.fromMillis(clock += 1_000));
            cutOff();
          } else if (what == 9) {
            following.polls.rest();
            position = following.position(position);
            read.addAll(following.ids());
            following.close();
            following = follow(position);
          }
        }
        append(file, line(next));
        expected.add(next);
        following.polls.pass(12 * COMPLETE);
        read.addAll(following.ids());
      } finally {
        following.close();
      }
      assertThat(read).as("seed %d: %s", SEED + round, steps).isEqualTo(expected);
      clear();
    }
  }

  @Test
  void reads_every_line_when_files_are_renamed_while_they_are_looked_for() throws Exception {
    for (int round = 0; round < 20; round++) {
      Random random = new Random(SEED + round);
      name();
      append(file, line(0));
      int rotations = MOST_RENAMED - 1;
      FutureTask<Void> rotating =
          new FutureTask<>(() -> {
            Random pauses = new Random(random.nextLong());
            for (int id = 1; id <= rotations; id++) {
              LockSupport.parkNanos(pauses.nextInt(1_000_000));
              rotate();
              append(file, line(id));
            }
            return null;
          });
      List<Object> read = new ArrayList<>();
      Position position = Position.START;
      Following following = follow(position);
      try {
        following.polls.rest();
        Thread.ofPlatform().start(rotating);
        while (!rotating.isDone()) {
          following.polls.pass(1);
          if (random.nextInt(20) == 0) {
            position = following.position(position);
            read.addAll(following.ids());
            following.close();
            following = follow(position);
            following.polls.rest();
          }
        }
        rotating.get();
        following.polls.pass(rotations * COMPLETE);
        read.addAll(following.ids());
      } finally {
        following.close();
      }
      assertThat(read)
          .as("seed %d", SEED + round)
          .isEqualTo(LongStream.rangeClosed(0, rotations).boxed().toList());
      clear();
    }
  }
}
