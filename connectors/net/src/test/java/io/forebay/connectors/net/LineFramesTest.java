package io.forebay.connectors.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Rejection;
import io.forebay.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LineFramesTest {
  /** Keeps lines as they came, and what was discarded behind a {@code !}. */
  private static final class Kept implements LineFrames.Lines {
    final List<String> lines = new ArrayList<>();
    final List<String> reasons = new ArrayList<>();
    final List<Rejection.Text> texts = new ArrayList<>();

    @Override
    public void lines(byte[] bytes, int from, int length) {
      String text = new String(bytes, from, length, UTF_8);
      assertThat(text).endsWith("\n");
      lines.addAll(Arrays.asList(text.substring(0, length - 1).split("\n", -1)));
    }

    @Override
    public void discarded(String reason, Rejection.Text text) {
      lines.add("!");
      reasons.add(reason);
      texts.add(text);
    }
  }

  @Test
  void gives_the_same_lines_however_they_are_cut_into_chunks() throws Exception {
    SplittableRandom seeds = new SplittableRandom(Seed.of(41));
    for (int i = 0; i < 3_000; i++) {
      long seed = seeds.nextLong();
      checkCuts(seed);
    }
  }

  private static void checkCuts(long seed) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    int lines = random.nextInt(12);
    for (int i = 0; i < lines; i++) {
      int length = random.nextInt(4) == 0 ? random.nextInt(60) : random.nextInt(20);
      String line = Integer.toString(i % 10).repeat(length);
      text.append(line).append('\n');
      expected.add(length > 32 ? "!" : line);
    }
    int unfinished = random.nextInt(40);
    text.append("x".repeat(unfinished));
    if (unfinished > 0) {
      expected.add("!");
    }
    LineLimits limits = new LineLimits(1, 32, 1000, 65_536);
    AtomicLong memory = new AtomicLong();
    LineFrames frames = new LineFrames(limits, memory);
    Kept kept = new Kept();
    byte[] bytes = text.toString().getBytes(UTF_8);
    int from = 0;
    while (from < bytes.length) {
      int length = Math.min(bytes.length - from, 1 + random.nextInt(random.nextBoolean() ? 5 : 80));
      byte[] chunk = Arrays.copyOfRange(bytes, from, from + length);
      frames.feed(chunk, length, kept);
      from += length;
    }
    frames.end(kept);
    assertThat(kept.lines).as("seed %d: %s", seed, text).isEqualTo(expected);
    assertThat(memory).as("seed %d: memory given back", seed).hasValue(0);
  }

  @Test
  void keeps_of_a_line_that_is_too_long_what_it_has_and_says_how_much_is_cut() throws Exception {
    LineFrames frames =
        new LineFrames(new LineLimits(1, 80_000, 1 << 20, 1 << 20), new AtomicLong());
    Kept kept = new Kept();
    byte[] most = "m".repeat(79_999).getBytes(UTF_8);
    byte[] rest = ("r".repeat(20_000) + "\n").getBytes(UTF_8);

    frames.feed(most, most.length, kept);
    frames.feed(rest, rest.length, kept);
    byte[] whole = ("w".repeat(90_000) + "\n").getBytes(UTF_8);
    frames.feed(whole, whole.length, kept);
    frames.feed("half".getBytes(UTF_8), 4, kept);
    frames.end(kept);

    assertThat(kept.texts)
        .containsExactly(
            new Rejection.Text("m".repeat(65_536), 99_999 - 65_536),
            new Rejection.Text("w".repeat(65_536), 90_000 - 65_536),
            new Rejection.Text("half", 0));
  }

  @Test
  void keeps_the_whole_line_when_a_short_limit_is_exceeded_in_two_pieces() throws Exception {
    LineFrames frames = new LineFrames(new LineLimits(1, 16, 1_000, 65_536), new AtomicLong());
    Kept kept = new Kept();
    frames.feed("1234567890".getBytes(UTF_8), 10, kept);
    frames.feed("1234567890\n".getBytes(UTF_8), 11, kept);

    assertThat(kept.texts).containsExactly(new Rejection.Text("12345678901234567890", 0));
  }

  @Test
  void discards_a_line_when_the_unfinished_lines_of_all_connections_have_no_room()
      throws Exception {
    LineLimits limits = new LineLimits(2, 1_000, 1_500, 65_536);
    AtomicLong memory = new AtomicLong();
    LineFrames first = new LineFrames(limits, memory);
    LineFrames second = new LineFrames(limits, memory);
    Kept kept = new Kept();
    first.feed("a".repeat(900).getBytes(UTF_8), 900, kept);
    second.feed("b".repeat(900).getBytes(UTF_8), 900, kept);
    assertThat(kept.reasons).singleElement().asString().contains("unfinished lines of all");
    second.feed("bbb\nnext\n".getBytes(UTF_8), 9, kept);
    first.feed("a\n".getBytes(UTF_8), 2, kept);
    assertThat(kept.lines).containsExactly("!", "next", "a".repeat(901));
    assertThat(memory).hasValue(0);
  }
}
