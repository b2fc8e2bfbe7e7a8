package io.forebay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link GrowingFrontier} against {@link HashMap}s. */
final class GrowingFrontierTest {
  private final Random random = new Random(11);

  @Test
  void snapshots_are_what_the_maps_were_when_they_were_taken() {
    Map<String, Position> positions = new HashMap<>(Map.of("a", new Position(1, 2)));
    Map<String, Frontier.Counts> counts = new HashMap<>();
    GrowingFrontier growing = new GrowingFrontier(new Frontier(positions));
    Map<String, Integer> places = new HashMap<>();
    List<Frontier> models = new ArrayList<>();
    List<Frontier> snapshots = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      String name = "p" + random.nextInt(1 + step / 10);
      int place = growing.place(name);
      assertThat(places.getOrDefault(name, place)).isEqualTo(place);
      places.put(name, place);
      if (random.nextBoolean()) {
        Position position = new Position(random.nextLong(), random.nextLong());
        growing.reach(place, position.sequence(), position.offset());
        assertThat(growing.position(place)).isEqualTo(position);
        positions.put(name, position);
      }
      if (random.nextBoolean()) {
        int read = 1 + random.nextInt(9);
        growing.count(place, read, 1, 0);
        Frontier.Counts before = counts.getOrDefault(name, Frontier.Counts.NONE);
        counts.put(name, new Frontier.Counts(before.read() + read, before.delivered() + 1, 0));
      }
      if (random.nextInt(500) == 0) {
        models.add(new Frontier(positions, counts, Map.of("s", (long) step)));
        snapshots.add(growing.snapshot(Map.of("s", (long) step)));
      }
    }
    for (int i = 0; i < models.size(); i++) {
      assertSame(snapshots.get(i).positions(), models.get(i).positions(), positions);
      assertSame(snapshots.get(i).counts(), models.get(i).counts(), positions);
      assertThat(snapshots.get(i)).isEqualTo(models.get(i));
      assertThat(new Frontier(snapshots.get(i).rows())).isEqualTo(models.get(i));
    }
    assertThat(snapshots.getLast().positions().get("unknown")).isNull();
    assertThat(snapshots.getLast().of("unknown")).isEqualTo(Position.START);
  }

  private static <V> void assertSame(Map<String, V> snapshot, Map<String, V> model, Map<?, ?> all) {
    assertThat(snapshot).hasSameSizeAs(model);
    assertThat(snapshot.equals(model)).isTrue();
    assertThat(model.equals(snapshot)).isTrue();
    assertThat(snapshot.hashCode()).isEqualTo(model.hashCode());
    for (Object key : all.keySet()) {
      assertThat(snapshot.get(key)).isEqualTo(model.get(key));
      assertThat(snapshot.containsKey(key)).isEqualTo(model.containsKey(key));
    }
  }

  @Test
  void frontier_keeps_snapshots_as_they_are_and_copies_other_maps() {
    GrowingFrontier growing = new GrowingFrontier(Frontier.START);
    growing.reach(growing.place("a"), 5, 6);
    Frontier snapshot = growing.snapshot(Map.of());
    Map<String, Position> positions = snapshot.positions();
    Frontier frontier = new Frontier(positions);
    assertThat(frontier.positions()).isSameAs(positions);
    growing.reach(growing.place("a"), 7, 8);
    assertThat(frontier.of("a")).isEqualTo(new Position(5, 6));
    assertThat(frontier).isEqualTo(new Frontier(Map.of("a", new Position(5, 6))));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> positions.put("b", Position.START));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> positions.remove("a"));
    Map<String, Position> map = new HashMap<>(Map.of("b", Position.START));
    Frontier copied = new Frontier(map);
    map.clear();
    assertThat(copied.positions()).hasSize(1);
  }
}
