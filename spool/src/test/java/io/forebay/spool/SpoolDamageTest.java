package io.forebay.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.Batch;
import io.forebay.Progress;
import io.forebay.RecordCounts;
import io.forebay.Sink;
import io.forebay.SinkContext;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.ConfigurationException;
import io.forebay.testkit.RecordingDeadLetters;
import io.forebay.testkit.RecordingSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What somebody does to a spool between two runs, while records wait in it that were acknowledged
 * to their senders: it is named and stops the start, and is counted where it is accepted.
 */
@Timeout(120)
class SpoolDamageTest {
  private static final long SIZE = 1 << 20;
  private static final int RECORDS = 6_000;

  @TempDir Path folder;
  private Path spool;
  private RecordingSink sink = new RecordingSink();
  private RecordingDeadLetters dead = new RecordingDeadLetters();

  interface Change {
    void to(Path spool, List<Path> segments) throws IOException;
  }

  /** What is done, and what the sentence names. */
  enum Damage {
    FOLDER_REMOVED("its files are gone", (spool, segments) -> remove(spool)),
    FOLDER_EMPTIED(
        "its files are gone",
        (spool, segments) -> {
          remove(spool);
          Files.createDirectory(spool);
        }),
    FIRST_SEGMENT_REMOVED(
        "what came before", (spool, segments) -> Files.delete(segments.getFirst())),
    MIDDLE_SEGMENT_REMOVED(".spool' is gone", (spool, segments) -> Files.delete(segments.get(1))),
    LAST_SEGMENT_REMOVED("is cut off", (spool, segments) -> Files.delete(segments.getLast())),
    LAST_SEGMENT_EMPTIED(
        "is cut off", (spool, segments) -> Files.write(segments.getLast(), new byte[0])),
    LAST_SEGMENT_CUT("is cut off", (spool, segments) -> cut(segments.getLast(), 2)),
    MIDDLE_SEGMENT_CUT("is damaged at byte", (spool, segments) -> cut(segments.get(1), 3)),
    BYTES_FLIPPED_IN_THE_LAST_GROUP(
        "is damaged at byte",
        (spool, segments) -> {
          byte[] bytes = Files.readAllBytes(segments.getLast());
          for (int i = 0; i < 200; i++) {
            bytes[bytes.length / 2 + i] ^= 0x11;
          }
          Files.write(segments.getLast(), bytes);
        }),
    ONE_BIT_FLIPPED(
        "is damaged at byte",
        (spool, segments) -> {
          byte[] bytes = Files.readAllBytes(segments.getFirst());
          bytes[bytes.length / 3] ^= 4;
          Files.write(segments.getFirst(), bytes);
        }),
    HEAD_DAMAGED(
        "is damaged at its beginning",
        (spool, segments) -> {
          byte[] bytes = Files.readAllBytes(segments.get(1));
          bytes[9] ^= 1;
          Files.write(segments.get(1), bytes);
        });

    final String named;

    @SuppressWarnings("ImmutableEnumChecker") // each is a constant
    final Change change;

    Damage(String named, Change change) {
      this.named = named;
      this.change = change;
    }

    private static void remove(Path folder) throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }

    private static void cut(Path segment, int to) throws IOException {
      try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / to);
      }
    }
  }

  /** A sink whose store takes nothing. */
  private static final class Closed implements Sink {
    private final CountDownLatch never = new CountDownLatch(1);

    @Override
    public Optional<Progress> recover() {
      return Optional.empty();
    }

    @Override
    public void open(SinkContext context) {}

    @Override
    public void write(Batch batch) throws IOException {
      try {
        never.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void commit(Progress progress) {}

    @Override
    public boolean effectivelyOnce() {
      return true;
    }

    @Override
    public void close() {}
  }

  private Pipeline pipeline(LiveSource source, Sink out, boolean acceptLoss) {
    SpooledSource spooled = SpooledSource.of(source, spool, SIZE);
    return Pipeline.builder("spooled")
        .source("live", acceptLoss ? spooled.acceptLoss() : spooled)
        .forebay(4, 1 << 13)
        .sink("out", out)
        .deadLetters(dead)
        .build();
  }

  @BeforeEach
  void crash() {
    spool = folder.resolve("spool");
    LiveSource live = new LiveSource(1, RECORDS);
    live.pauseBehind = RECORDS;
    Pipeline crashed = pipeline(live, new Closed(), false).start();
    await().until(() -> live.acknowledged.get() == RECORDS);
    crashed.close();
    dead = dead.afterCrash();
  }

  @ParameterizedTest
  @EnumSource
  void stops_the_start_and_counts_what_is_missing_where_that_is_accepted(Damage damage)
      throws Exception {
    assertThat(Segment.list(spool)).hasSizeGreaterThan(2);
    damage.change.to(spool, Segment.list(spool));

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> pipeline(new LiveSource(1, 0), sink, false).run())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(spool.toString())
          .hasMessageContaining(damage.named)
          .hasMessageContaining("--accept-loss");
    }

    RecordCounts records = accepting();
    assertThat(records.dropped()).isBetween(damage == Damage.HEAD_DAMAGED ? 0L : 1L, 6_000L);
    assertThat(records.delivered()).isEqualTo(sink.committedRows().size());
    assertThat(records.delivered() + records.deadLettered() + records.dropped())
        .isEqualTo(RECORDS)
        .isEqualTo(records.read());
    assertThat(sink.committedRows().stream().map(row -> row.values().get("n")).distinct().count())
        .isEqualTo(records.delivered());
    if (damage == Damage.BYTES_FLIPPED_IN_THE_LAST_GROUP) {
      assertThat(records.dropped()).as("what is whole behind the damage is kept").isLessThan(20);
    }

    // Once accepted it is not asked for again.
    sink = sink.afterCrash();
    dead = dead.afterCrash();
    assertThat(pipeline(new LiveSource(1, 0), sink, false).run())
        .isInstanceOf(PipelineResult.Completed.class);
  }

  private RecordCounts accepting() throws InterruptedException {
    PipelineResult result = pipeline(new LiveSource(1, 0), sink, true).run();
    assertThat(result).isInstanceOf(PipelineResult.Completed.class);
    return result.snapshot().records();
  }

  @Test
  void delivers_everything_when_the_cursor_or_the_ledger_is_gone() throws Exception {
    Files.delete(spool.resolve("cursor"));
    Files.delete(Ledger.path(spool));
    assertThat(pipeline(new LiveSource(1, 0), sink, false).run())
        .isInstanceOf(PipelineResult.Completed.class);
    assertThat(sink.committedRows().size() + dead.committedLetters().size()).isEqualTo(RECORDS);
  }

  @Test
  void refuses_a_folder_a_ledger_or_a_segment_of_another_spool() throws Exception {
    Path mine = spool;
    spool = folder.resolve("other");
    dead = new RecordingDeadLetters();
    LiveSource live = new LiveSource(1, RECORDS);
    live.pauseBehind = RECORDS;
    Pipeline crashed = pipeline(live, new Closed(), false).start();
    await().until(() -> live.acknowledged.get() == RECORDS);
    crashed.close();
    Path other = spool;
    spool = mine;

    Path aside = Files.move(Ledger.path(mine), folder.resolve("aside"));
    Files.copy(Ledger.path(other), Ledger.path(mine));
    refuses("belongs to another spool");
    Files.move(aside, Ledger.path(mine), StandardCopyOption.REPLACE_EXISTING);

    Path segment = Segment.list(mine).get(1);
    byte[] whole = Files.readAllBytes(segment);
    Path same = Segment.path(other, Segment.named(segment));
    if (Files.exists(same)) {
      Files.copy(same, segment, StandardCopyOption.REPLACE_EXISTING);
      refuses("belongs to another spool");
    }
    Files.copy(
        Segment.list(mine).getFirst(), segment, StandardCopyOption.REPLACE_EXISTING); // renamed
    refuses("is damaged at its beginning");
    Files.write(segment, whole);
    Path link = Files.move(segment, folder.resolve("segment"));
    Files.createSymbolicLink(segment, link);
    refuses("is no file");
    Files.move(link, segment, StandardCopyOption.REPLACE_EXISTING);

    Path cursor = spool.resolve("cursor");
    Files.copy(other.resolve("cursor"), cursor, StandardCopyOption.REPLACE_EXISTING);
    refuses("belongs to another spool");
    Files.delete(cursor);
    Files.createDirectory(cursor);
    refuses("cursor' is damaged");
  }

  private void refuses(String words) {
    assertThatThrownBy(() -> pipeline(new LiveSource(1, 0), sink, false).run())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(words);
  }

  @Test
  void refuses_to_go_on_when_the_spool_is_not_the_one_that_the_outputs_were_delivered_from()
      throws Exception {
    LiveSource more = new LiveSource(RECORDS + 1, 2 * RECORDS);
    more.pauseBehind = 2 * RECORDS;
    Pipeline running = pipeline(more, sink, false).start();
    await().until(() -> sink.committedRows().size() > RECORDS);
    running.close();
    sink = sink.afterCrash();
    dead = dead.afterCrash();
    Files.deleteIfExists(Ledger.path(spool));
    Damage.FOLDER_REMOVED.change.to(spool, List.of());

    refuses("how many records are missing is not known");

    assertThat(accepting().dropped()).isZero();
  }

  @Test
  void goes_back_to_what_is_whole_and_reads_again_when_the_spool_of_a_sink_is_damaged()
      throws Exception {
    for (Damage damage : Damage.values()) {
      Path place = folder.resolve("of a sink " + damage);
      RecordingSink fast = new RecordingSink();
      RecordingDeadLetters letters = new RecordingDeadLetters();
      LiveSource source = new LiveSource(1, RECORDS, true);
      source.pauseBehind = RECORDS;
      Pipeline crashed = sinks(source, fast, new Closed(), place, letters, false).start();
      await().until(() -> source.acknowledged.get() == RECORDS);
      crashed.close();
      damage.change.to(place, Segment.list(place));
      RecordingSink slow = new RecordingSink();
      LiveSource again = new LiveSource(1, RECORDS, true);
      RecordingSink after = fast.afterCrash();
      RecordingDeadLetters lettersAfter = letters.afterCrash();

      assertThatThrownBy(() -> sinks(again, after, slow, place, lettersAfter, false).run())
          .as(damage.name())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(place.toString())
          .hasMessageContaining("--accept-loss");

      assertThat(sinks(again, after, slow, place, lettersAfter, true).run())
          .isInstanceOf(PipelineResult.Completed.class);
      for (RecordingSink each : List.of(after, slow)) {
        assertThat(
                each.committedRows().stream().map(row -> row.values().get("n")).sorted().toList())
            .as(damage.name())
            .hasSize(RECORDS * 9 / 10)
            .doesNotHaveDuplicates();
      }
    }
  }

  private static Pipeline sinks(
      LiveSource source,
      Sink fast,
      Sink slow,
      Path place,
      RecordingDeadLetters letters,
      boolean acceptLoss) {
    SpooledSink spooled = SpooledSink.of(slow, place, SIZE, new SplittableRandom(1));
    return Pipeline.builder("sinks")
        .source("in", source)
        .forebay(4, 1 << 13)
        .sink("fast", fast)
        .sink("slow", acceptLoss ? spooled.acceptLoss() : spooled)
        .deadLetters(letters)
        .build();
  }

  @Test
  void is_refused_or_harmless_when_any_bit_of_its_small_files_is_flipped() throws Exception {
    Map<Path, byte[]> files =
        Map.of(
            spool.resolve("cursor"), Files.readAllBytes(spool.resolve("cursor")),
            Ledger.path(spool), Files.readAllBytes(Ledger.path(spool)));
    SpoolFolder.State whole = SpoolFolder.State.of(spool);
    for (Map.Entry<Path, byte[]> each : files.entrySet()) {
      for (int bit = 0; bit < 8 * each.getValue().length; bit++) {
        byte[] damaged = each.getValue().clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        Files.write(each.getKey(), damaged);
        try {
          SpoolFolder.State state = SpoolFolder.State.of(spool);
          assertThat(state.delivered()).isEqualTo(whole.delivered());
          assertThat(state.last()).isBetween(0L, whole.last());
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("'" + each.getKey());
        }
      }
      for (int length = 0; length < each.getValue().length; length++) {
        Files.write(each.getKey(), java.util.Arrays.copyOf(each.getValue(), length));
        assertThatThrownBy(() -> SpoolFolder.State.of(spool))
            .hasMessageContaining("'" + each.getKey() + "' is damaged");
      }
      Files.write(each.getKey(), each.getValue());
    }
  }
}
