package io.forebay.workers.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PhysicalCoresTest {
  @TempDir Path root;

  /** Four cores of two hyper-threads each: 0+4, 1+5, 2+6, 3+7. */
  @BeforeEach
  void eightProcessors() throws IOException {
    for (int cpu = 0; cpu < 8; cpu++) {
      write(
          "sys/devices/system/cpu/cpu" + cpu + "/topology/core_cpus_list",
          cpu % 4 + "," + (cpu % 4 + 4));
    }
    write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-7\n");
  }

  @Test
  void counts_cores_once_when_they_have_two_threads() {
    assertThat(PhysicalCores.count(root, 8)).isEqualTo(4);
  }

  @Test
  void counts_only_allowed_cores_when_the_process_is_bound() throws IOException {
    write("proc/self/status", "Cpus_allowed_list:\t1,5-6\n");
    assertThat(PhysicalCores.count(root, 3)).isEqualTo(2);
  }

  @Test
  void keeps_within_the_quota_when_a_group_has_one() throws IOException {
    write("proc/self/cgroup", "0::/box/inner\n");
    write("sys/fs/cgroup/box/inner/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/box/cpu.max", "250000 100000\n");
    assertThat(PhysicalCores.count(root, 8)).isEqualTo(2);
  }

  @Test
  void keeps_within_the_quota_when_groups_are_of_version_1() throws IOException {
    write("proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/box\n");
    write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000\n");
    write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
    assertThat(PhysicalCores.count(root, 8)).isEqualTo(1);
  }

  @Test
  void takes_the_processors_when_the_system_tells_nothing(@TempDir Path empty) {
    assertThat(PhysicalCores.count(empty, 6)).isEqualTo(6);
  }

  @Test
  void is_at_least_one_when_asked_of_this_machine() {
    assertThat(PhysicalCores.count()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
