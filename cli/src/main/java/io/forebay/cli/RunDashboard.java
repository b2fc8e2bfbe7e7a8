package io.forebay.cli;

import io.forebay.config.model.DashboardConfig;
import io.forebay.config.model.PipelineConfig;
import io.forebay.connectors.net.Access;
import io.forebay.connectors.net.ListenAddress;
import io.forebay.dashboard.Dashboard;
import io.forebay.engine.Pipeline;
import io.forebay.observe.LiveDiagnosis;
import io.forebay.observe.Summary;
import java.util.Optional;
import java.util.function.Consumer;

/** The dashboard of a run, if it has one. */
final class RunDashboard implements AutoCloseable {
  private final Optional<Dashboard> dashboard;

  private RunDashboard(Optional<Dashboard> dashboard) {
    this.dashboard = dashboard;
  }

  /**
   * Listens where the command line says, else where the file does, else nowhere.
   *
   * @param option {@code --dashboard}; the file's token and TLS hold there too
   * @throws io.forebay.errors.ConfigurationException in one sentence, if nobody can listen there
   */
  static RunDashboard open(PipelineConfig config, Optional<String> option)
      throws InterruptedException {
    Optional<ListenAddress> address =
        option.map(ListenAddress::parse).or(() -> config.dashboard().map(DashboardConfig::address));
    if (address.isEmpty()) {
      return new RunDashboard(Optional.empty());
    }
    Access access = config.dashboard().map(DashboardConfig::access).orElse(Access.OPEN);
    return new RunDashboard(
        Optional.of(Dashboard.listen(address.get(), access, config.attached().secrets()::hide)));
  }

  /** Shows the pipeline, which was started, and says where. */
  void show(
      Pipeline pipeline,
      LiveDiagnosis diagnosis,
      Consumer<String> human,
      Consumer<String> trouble) {
    dashboard.ifPresent(live -> {
      live.show(pipeline::snapshot, diagnosis, trouble);
      live.tap(pipeline.taps());
      human.accept("dashboard: " + live.url());
    });
  }

  /** Shows how it ended. */
  void end(Summary summary) {
    dashboard.ifPresent(live -> live.end(summary));
  }

  @Override
  public void close() {
    dashboard.ifPresent(Dashboard::close);
  }
}
