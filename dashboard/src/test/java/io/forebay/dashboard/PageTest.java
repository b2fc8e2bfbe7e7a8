package io.forebay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.observe.Format;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Summary;
import io.forebay.snapshot.PipelineSnapshot;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The live page in a browser. Its pictures are in target/page. */
final class PageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private static Path profile;
  private static Chromium browser;

  private final AtomicReference<PipelineSnapshot> run = new AtomicReference<>(Runs.plant(10));
  private Dashboard dashboard;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Chromium.isThere(),
        "there is no /usr/bin/chromium, so the page is not looked at: install chromium");
    browser = Chromium.start(profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private void listen(int port) throws Exception {
    dashboard =
        Dashboard.listen(
            new ListenAddress("127.0.0.1", port),
            Access.OPEN,
            UnaryOperator.identity(),
            new Dashboard.Pace(Duration.ofMillis(100), Duration.ofSeconds(15)));
    dashboard.show(run::get, new LiveDiagnosis(), trouble -> {});
  }

  private void open() throws Exception {
    listen(0);
    browser.console().clear();
    browser.open(dashboard.url());
    await().atMost(PATIENCE).until(() -> isShown("running"));
  }

  private static boolean isShown(String state) {
    return browser
        .value("document.getElementById('state')?.textContent === '" + state + "'")
        .asBoolean();
  }

  @AfterEach
  void close() {
    browser.open("about:blank");
    if (dashboard != null) {
      dashboard.close();
    }
  }

  private static List<String> texts(String selector) {
    List<String> texts = new ArrayList<>();
    JsonNode found =
        browser.value("[...document.querySelectorAll('" + selector + "')].map(e => e.textContent)");
    found.forEach(each -> texts.add(each.asString()));
    return texts;
  }

  @Test
  void shows_the_numbers_of_the_snapshot_until_the_end_and_nothing_on_the_console()
      throws Exception {
    browser.window(1_400, 1_000, false);
    open();
    shows(Runs.plant(10));
    browser.screenshot(Path.of("target/page/quiet.png"));
    run.set(Runs.plant(4_000));
    await().atMost(PATIENCE).until(() -> texts("[data-value]").contains("4,000,000"));
    shows(Runs.plant(4_000));
    dashboard.end(new Summary(Runs.plant(5_000), "completed", ""));
    await().atMost(PATIENCE).until(() -> isShown("completed"));
    shows(Runs.plant(5_000));
    assertThat(browser.text("elapsed")).isEqualTo("1:23:20");
    assertThat(browser.value("document.querySelectorAll('canvas').length").asInt()).isEqualTo(5);
    assertThat(browser.console()).isEmpty();
  }

  /** What stands on the page, against the snapshot and against the status. */
  private void shows(PipelineSnapshot snapshot) throws Exception {
    var records = snapshot.records();
    assertThat(texts("#records [data-value]"))
        .containsExactly(
            Format.count(records.read()),
            Format.count(records.delivered()),
            Format.count(records.deadLettered()),
            Format.count(records.filtered()),
            Format.count(records.dropped()),
            Format.count(records.inFlight()));
    assertThat(texts("#sourceRows tr > *"))
        .contains(Format.count(snapshot.sources().getFirst().records()), "50 %");
    var stage = snapshot.stages().getFirst();
    assertThat(texts("#stageRows tr > *"))
        .containsExactly(
            "features",
            "processes",
            "16",
            Format.count(stage.recordsIn()),
            Format.count(stage.recordsOut()),
            Format.count(stage.batches()),
            "100",
            "400",
            "20.0",
            "55.5",
            "0.10",
            "7.0",
            "50 %",
            "13 %",
            "99 %",
            "1 %",
            "3",
            "1");
    var sink = snapshot.sinks().getFirst();
    assertThat(texts("#sinkRows tr:first-child > *"))
        .contains("out", Format.count(sink.records()), Format.count(sink.commits()), "2");
    assertThat(browser.text("slotsUsed")).isEqualTo("2");
    JsonNode status =
        new ObjectMapper().readTree(URI.create(dashboard.url() + "status").toURL().openStream());
    JsonNode told =
        status.path("outcome").asString().equals("running")
            ? status.path("recent").path("diagnosis").path("sentence")
            : status.path("verdict");
    await().atMost(PATIENCE).until(() -> browser.text("sentence").equals(told.asString()));
  }

  @Test
  void goes_on_when_the_pipeline_is_started_again() throws Exception {
    browser.window(1_400, 1_000, true);
    open();
    int port = URI.create(dashboard.url()).getPort();
    dashboard.close();
    await().atMost(PATIENCE).until(() -> isShown("connection lost, trying again"));
    run.set(Runs.plant(3));
    listen(port);
    await().atMost(PATIENCE).until(() -> isShown("running again"));
    shows(Runs.plant(3));
    run.set(Runs.plant(4, 1, "the disk is away"));
    await().atMost(PATIENCE).until(() -> browser.text("trouble").contains("the disk is away"));
  }

  @ParameterizedTest
  @CsvSource({"1400, false", "1400, true", "380, false", "380, true"})
  void fits_the_window_when_there_are_a_hundred_sources(int width, boolean dark) throws Exception {
    browser.window(width, width < 400 ? 4_400 : 2_600, dark);
    run.set(Runs.inTrouble(10, 100));
    listen(0);
    browser.open(dashboard.url());
    await().atMost(PATIENCE).until(() -> texts("#sources b").size() == 100);
    for (int second = 11; second < 16; second++) {
      PipelineSnapshot next = Runs.inTrouble(second, 100);
      run.set(next);
      await()
          .atMost(PATIENCE)
          .until(() -> browser.text("elapsed").equals(next.elapsed().toSeconds() + ".0 s"));
    }
    browser.value("document.querySelector('#endsList summary').click()");
    dashboard.tap(new EndlessTaps("hunter2 is too hot"));
    browser.value("document.querySelector('#stages .tap').click()");
    await().atMost(PATIENCE).until(() -> texts("#sampleRows tr").size() == 12);
    browser.value("document.activeElement.blur(), scrollTo(0, 0)");
    browser.screenshot(Path.of("target/page/" + width + (dark ? "-dark" : "-light") + ".png"));
    assertThat(browser.value("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(width);
    assertThat(browser.value("getComputedStyle(document.body).backgroundColor").asString())
        .isEqualTo(dark ? "rgb(17, 22, 27)" : "rgb(244, 246, 248)");
  }

  @Test
  void shows_what_each_worker_does_and_how_others_have_ended() throws Exception {
    browser.window(1_400, 1_000, false);
    open();
    run.set(Runs.inTrouble(55, 1));
    await().atMost(PATIENCE).until(() -> browser.text("elapsed").equals("55.0 s"));
    run.set(Runs.inTrouble(61, 1));
    await().atMost(PATIENCE).until(() -> browser.text("elapsed").equals("1:01"));

    assertThat(texts("#workersOf h3")).containsExactly("features: 4 of 16 busy");
    assertThat(texts("#workersOf li p"))
        .hasSize(3 * 16)
        .contains(
            "worker-11busy", "1,000 rows for 12.5 s", "65 % of a core · 100/s · restarted 2×");
    assertThat(texts("#workersOf li.starting")).hasSize(4);
    assertThat(browser.text("endsCount")).isEqualTo("the last 8 of 57");
    assertThat(texts("#endsList summary").getFirst())
        .startsWith("features worker-10 crashed in native code with SIGSEGV")
        .endsWith("56 s ago");
    browser.value("document.querySelector('#endsList summary').click()");
    assertThat(texts("#endsList [open] pre"))
        .containsExactly(
            "exit code 134\nlast lines printed:\n  loading model number 57\n  <b>done</b>: the"
                + " password is hunter2");
    run.set(Runs.inTrouble(62, 1));
    await().atMost(PATIENCE).until(() -> browser.text("elapsed").equals("1:02"));
    assertThat(texts("#endsList [open]")).hasSize(1);
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void shows_why_records_went_to_dead_letter() throws Exception {
    open();
    assertThat(browser.value("document.getElementById('letters').hidden").asBoolean()).isTrue();
    run.set(Runs.inTrouble(11, 1));
    await().atMost(PATIENCE).until(() -> texts("#reasonRows tr").size() == 3);
    assertThat(texts("#reasonRows tr:nth-child(2) > *"))
        .containsExactly(
            "'12a' is no number, in column 'value'", "2", "reading", "hall-a/s17 4711, 2 s ago");
    assertThat(browser.text("lettersCount")).isEqualTo("10");
  }

  @Test
  void shows_the_newest_records_of_the_part_that_is_chosen_while_somebody_looks() throws Exception {
    EndlessTaps taps = new EndlessTaps("hunter2 is too hot");
    open();
    dashboard.tap(taps);
    assertThat(taps.open).hasValue(0);
    browser.value("document.querySelector('#stages .tap').focus()");
    browser.press("Enter");
    await().atMost(PATIENCE).until(() -> texts("#sampleRows tr").size() == 12);
    assertThat(browser.text("samplesTitle")).isEqualTo("Records after the stage features");
    assertThat(texts("#sampleHead th")).containsExactly("value", "rejected");
    assertThat(texts("#sampleRows tr:not(.rejected) > *")).contains("80.5", "");
    assertThat(texts("#sampleRows tr.rejected > *")).contains("80.5", "hunter2 is too hot");
    assertThat(taps.open).hasValue(1);

    hide(true);
    await().atMost(PATIENCE).until(() -> taps.open.get() == 0);
    hide(false);
    await().atMost(PATIENCE).until(() -> taps.open.get() == 1);
    browser.value("document.getElementById('pause').click()");
    await().atMost(PATIENCE).until(() -> taps.open.get() == 0);
    assertThat(texts("#sampleRows tr")).hasSize(12);
    browser.value("document.getElementById('pause').click()");
    await().atMost(PATIENCE).until(() -> taps.open.get() == 1);
    browser.value("document.getElementById('where').focus()");
    browser.press("Escape");
    await().atMost(PATIENCE).until(() -> taps.open.get() == 0);
    assertThat(browser.value("document.activeElement.textContent").asString())
        .isEqualTo("features");
    assertThat(browser.value("document.getElementById('samples').hidden").asBoolean()).isTrue();
    assertThat(browser.console()).isEmpty();
  }

  /** As when another tab is in front. */
  private static void hide(boolean hidden) {
    browser.value(
        "Object.defineProperty(document, 'hidden', { value: "
            + hidden
            + ", configurable: true }) && document.dispatchEvent(new Event('visibilitychange'))");
  }

  @Test
  void says_so_when_the_records_of_a_part_cannot_be_shown() throws Exception {
    open();
    dashboard.tap(new EndlessTaps("hunter2 is too hot"));
    browser.value("document.querySelector('#sources .tap').click()");
    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("samplesState").startsWith("there is no part 'source:hall"));
  }

  @Test
  void goes_from_part_to_part_with_the_arrow_keys() throws Exception {
    run.set(Runs.plant(10, 100, ""));
    open();
    browser.value("document.querySelector('#sources .tap').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    assertThat(browser.value("document.activeElement.textContent").asString()).isEqualTo("hall-2");
    browser.press("Tab");
    assertThat(browser.value("document.activeElement.textContent").asString())
        .isEqualTo("features");
  }

  @Test
  void can_be_used_with_keys_and_a_screen_reader() throws Exception {
    browser.window(380, 800, false);
    open();
    assertThat(
            browser
                .value(
                    "['header','main','footer','h1','html[lang]'].every("
                        + "s => document.querySelectorAll(s).length === 1)")
                .asBoolean())
        .isTrue();
    assertThat(
            browser
                .value(
                    "[...document.querySelectorAll('[role=img]')].every("
                        + "e => e.getAttribute('aria-label'))")
                .asBoolean())
        .isTrue();
    assertThat(browser.value("document.getElementById('sentence').ariaLive").asString())
        .isEqualTo("polite");
    List<String> focused = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      browser.press("Tab");
      focused.add(
          browser.value("document.activeElement.textContent.trim().split('\\n')[0]").asString());
    }
    assertThat(focused)
        .contains("Skip to the pipeline", "The same numbers as tables, since the start", "status");
  }
}
