package io.forebay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link Positions} against a {@link HashMap}. */
final class PositionsTest {
  private final Random random = new Random(11);

  @Test
  void snapshots_are_what_the_map_was_when_they_were_taken() {
    Map<String, Position> model = new HashMap<>(Map.of("a", new Position(1, 2)));
    Positions.Growing growing = new Positions.Growing(model);
    Map<String, Integer> places = new HashMap<>();
    List<Map<String, Position>> models = new ArrayList<>();
    List<Positions> snapshots = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      String key = "p" + random.nextInt(1 + step / 10);
      Position position = new Position(random.nextLong(), random.nextLong());
      int place = random.nextBoolean() ? places.getOrDefault(key, -1) : -1;
      int cut = random.nextInt(key.length() + 1);
      places.put(
          key,
          growing.put(
              place,
              key.substring(0, cut),
              key.substring(cut),
              position.sequence(),
              position.offset()));
      int at = places.get(key);
      assertThat(growing.sequence(at)).isEqualTo(position.sequence());
      assertThat(growing.offset(at)).isEqualTo(position.offset());
      model.put(key, position);
      if (random.nextInt(500) == 0) {
        models.add(Map.copyOf(model));
        snapshots.add(growing.snapshot());
      }
    }
    for (int i = 0; i < models.size(); i++) {
      assertThat(snapshots.get(i)).hasSameSizeAs(models.get(i));
      assertThat(snapshots.get(i).equals(models.get(i))).isTrue();
      assertThat(models.get(i).equals(snapshots.get(i))).isTrue();
      assertThat(snapshots.get(i).hashCode()).isEqualTo(models.get(i).hashCode());
      for (String key : model.keySet()) {
        assertThat(snapshots.get(i).get(key)).isEqualTo(models.get(i).get(key));
        assertThat(snapshots.get(i).containsKey(key)).isEqualTo(models.get(i).containsKey(key));
      }
    }
    assertThat(snapshots.getLast().get("unknown")).isNull();
    assertThat(snapshots.getLast().getOrDefault("unknown", Position.START))
        .isEqualTo(Position.START);
  }

  @Test
  void frontier_keeps_them_as_they_are_and_copies_other_maps() {
    Positions.Growing growing = new Positions.Growing(Map.of());
    growing.put(-1, "", "a", 5, 6);
    Positions positions = growing.snapshot();
    Frontier frontier = new Frontier(positions);
    assertThat(frontier.positions()).isSameAs(positions);
    growing.put(-1, "", "a", 7, 8);
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
