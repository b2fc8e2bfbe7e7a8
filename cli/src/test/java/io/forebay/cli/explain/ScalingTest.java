package io.forebay.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ScalingTest {
  private static Scaling of(double one, double two) {
    return new Scaling(List.of(new Scaling.Point(1, one), new Scaling.Point(2, two)));
  }

  @Test
  void shares_all_of_the_work_when_two_workers_are_twice_as_fast() {
    assertThat(of(100, 200).serialShare()).isZero();
    assertThat(of(100, 200).modelled(8)).isEqualTo(8);
    assertThat(of(100, 230).modelled(8)).isEqualTo(8); // Never more than the workers.
  }

  @Test
  void follows_amdahl_when_a_share_is_serial() {
    Scaling scaling = of(100, 100 * 2 / 1.1); // A tenth is not shared.
    assertThat(scaling.serialShare()).isCloseTo(0.1, within(1e-9));
    assertThat(scaling.modelled(4)).isCloseTo(4 / 1.3, within(1e-9));
    assertThat(of(100, 60).modelled(16)).isCloseTo(1, within(1e-9)); // Nothing is shared.
  }

  @Test
  void models_nothing_when_only_one_worker_was_measured() {
    Scaling scaling = new Scaling(List.of(new Scaling.Point(1, 0)));
    assertThat(scaling.serialShare()).isZero();
    assertThat(scaling.speedup(scaling.measured().getFirst())).isEqualTo(1);
  }
}
