package io.forebay.engine.internal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.snapshot.HostTimes;
import io.forebay.snapshot.StageTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a machine whose files the test writes. */
class HostMeterTest {
  private static final long TICK = 10_000_000;

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** The fields of {@code proc_stat(5)}: user nice system idle iowait irq softirq steal guest. */
  private void cores(String first, String second, String third) throws IOException {
    write(
        "proc/stat",
        "cpu  999999 999999 999999 999999 999999 999999 999999 999999 0 0\n"
            + ("cpu0 " + first + " 0 0\n")
            + ("cpu1 " + second + " 0 0\n")
            + ("cpu10 " + third + " 0 0\n")
            + "intr 4096 0 0\nctxt 5\nbtime 1700000000\n");
  }

  private void allowed(String list) throws IOException {
    write("proc/self/status", "Name:\tjava\nCpus_allowed:\tf\nCpus_allowed_list:\t" + list + "\n");
  }

  private void quota(String group, long throttledMicros) throws IOException {
    write(
        "sys/fs/cgroup" + group + "/cpu.stat",
        "usage_usec 70\nuser_usec 50\nnr_periods 3\nnr_throttled 1\nthrottled_usec "
            + throttledMicros
            + "\nnr_bursts 0\n");
  }

  @Test
  void tells_what_others_had_on_the_cores_that_the_process_may_use() throws IOException {
    allowed("0-1");
    cores("100 10 50 5000 40 3 2 7", "10 0 0 0 0 0 0 0", "500 0 0 0 0 0 0 0");
    HostMeter meter = new HostMeter(root, 2);
    // Busy on core 0: user +20, nice +1, system +4, irq +2, softirq +3; idle and iowait are none.
    cores("120 11 54 5900 70 5 5 12", "40 0 0 0 0 0 0 1", "900 0 0 0 0 0 0 90");

    HostTimes times = meter.since(25 * TICK);

    assertThat(times).isEqualTo(new HostTimes(2, 25 * TICK, 35 * TICK, 6 * TICK, -1));
  }

  @Test
  void knows_lists_of_cores_with_holes() throws IOException {
    allowed("1,10-11");
    cores("1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");
    HostMeter meter = new HostMeter(root, 3);
    cores("101 0 0 0 0 0 0 100", "11 0 0 0 0 0 0 3", "21 0 0 0 0 0 0 4");

    assertThat(meter.since(0)).isEqualTo(new HostTimes(3, 0, 30 * TICK, 7 * TICK, -1));
  }

  @Test
  void others_had_nothing_when_the_process_itself_had_all() throws IOException {
    allowed("0");
    cores("1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");
    HostMeter meter = new HostMeter(root, 1);
    cores("9 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");

    assertThat(meter.since(12 * TICK).others()).isZero();
    assertThat(meter.since(StageTimes.UNKNOWN).others()).isEqualTo(StageTimes.UNKNOWN);
  }

  @Test
  void tells_how_long_the_quota_of_its_control_group_held_it_back() throws IOException {
    write("proc/self/cgroup", "12:cpu:/old\n0::/system.slice/forebay.service\n");
    quota("", 1);
    quota("/system.slice/forebay.service", 2_000);
    HostMeter meter = new HostMeter(root, 2);
    quota("/system.slice/forebay.service", 2_750);
    quota("", 900_000);

    assertThat(meter.since(0).throttled()).isEqualTo(750_000);
  }

  @Test
  void takes_the_root_group_when_its_own_is_not_to_be_seen_or_lies_outside() throws IOException {
    for (String own : new String[] {"0::/not/mounted/here\n", "0::/../../../etc\n", "0::/\n"}) {
      write("proc/self/cgroup", own);
      quota("", 10);
      HostMeter meter = new HostMeter(root, 2);
      quota("", 30);

      assertThat(meter.since(0).throttled()).as(own).isEqualTo(20_000);
    }
  }

  @Test
  void knows_nothing_where_the_system_does_not_tell() {
    HostMeter meter = new HostMeter(root, 4);

    assertThat(meter.since(5)).isEqualTo(new HostTimes(4, 5, -1, -1, -1));
  }

  @Test
  void knows_nothing_of_what_appears_or_ends_meanwhile() throws IOException {
    HostMeter before = new HostMeter(root, 1);
    allowed("0");
    cores("1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");
    quota("", 10);
    HostMeter meter = new HostMeter(root, 1);
    Files.delete(root.resolve("proc/stat"));
    Files.delete(root.resolve("sys/fs/cgroup/cpu.stat"));

    assertThat(before.since(5).others()).isEqualTo(-1);
    assertThat(meter.since(5)).isEqualTo(new HostTimes(1, 5, -1, -1, -1));
  }

  @Test
  void takes_counters_that_fall_for_no_time() throws IOException {
    allowed("0");
    cores("9 0 0 0 0 0 0 9", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");
    HostMeter meter = new HostMeter(root, 1);
    cores("5 0 0 0 0 0 0 2", "1 0 0 0 0 0 0 0", "1 0 0 0 0 0 0 0");

    assertThat(meter.since(0)).isEqualTo(new HostTimes(1, 0, 0, 0, -1));
  }
}
