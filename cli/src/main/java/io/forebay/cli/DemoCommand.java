package io.forebay.cli;

import io.forebay.cli.log.LogLevel;
import io.forebay.cli.log.LogOptions;
import io.forebay.connectors.file.JsonlDeadLetters;
import io.forebay.connectors.mqtt.MqttBroker;
import io.forebay.connectors.mqtt.MqttSink;
import io.forebay.connectors.simulated.SimulatedSource;
import io.forebay.engine.Pipeline;
import io.forebay.engine.api.PipelineResult;
import io.forebay.errors.ConfigurationException;
import io.forebay.mqttbroker.BrokerOptions;
import io.forebay.mqttbroker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forebay demo}: what a pipeline can be connected to where nothing else is there. */
@Command(
    name = "demo",
    description = "Starts something that a pipeline can be connected to.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create(); // replaced by picocli

  private DemoCommand() {}

  /** With what can be started. */
  static CommandLine of(Terminal terminal, Duration drainDeadline) {
    return new CommandLine(new DemoCommand()).addSubcommand(new Mqtt(terminal, drainDeadline));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code forebay demo mqtt}: a broker, and sensors that are a pipeline themselves. */
  @Command(
      name = "mqtt",
      description = {
        "Starts an MQTT broker on this machine and sensors that publish to it, until a signal"
            + " comes.",
        "Then `forebay run examples/mqtt.yaml` receives from it."
      },
      mixinStandardHelpOptions = true)
  static final class Mqtt implements Callable<Integer> {
    private final Terminal terminal;
    private final Duration drainDeadline;

    @Option(
        names = "--port",
        paramLabel = "PORT",
        defaultValue = "18883",
        description = "Where the broker listens on 127.0.0.1; 0: any free port. Default: 18883.")
    private int port;

    @Option(
        names = "--sensors",
        paramLabel = "N",
        defaultValue = "4",
        description = "How many sensors there are. Default: 4.")
    private int sensors;

    @Option(
        names = "--rate",
        paramLabel = "N",
        defaultValue = "200",
        description = "Messages a second of all sensors together. Default: 200.")
    private double rate;

    @Mixin private LogOptions log = new LogOptions();

    Mqtt(Terminal terminal, Duration drainDeadline) {
      this.terminal = terminal;
      this.drainDeadline = drainDeadline;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
      terminal.log(log);
      terminal.logging().pipeline("demo");
      if (sensors < 1 || sensors > 100_000 || !(rate > 0)) {
        throw new ConfigurationException(
            "a demonstration has 1 to 100000 sensors and more than 0 messages a second: change"
                + " --sensors or --rate");
      }
      Path rejected = Files.createTempFile("forebay-demo-", ".rejected.jsonl");
      try (Signals signals = new Signals(drainDeadline);
          EmbeddedBroker broker = open();
          Pipeline pipeline = sensors(broker, rejected)) {
        signals.starting();
        pipeline.start();
        terminal
            .out()
            .println(
                "An MQTT broker on mqtt://127.0.0.1:%d, and %d sensors publish to plant/a/…; in"
                        .formatted(broker.port(), sensors)
                    + " another terminal: ./forebay run examples/mqtt.yaml; Ctrl-C ends it.");
        terminal.out().flush();
        signals.running(pipeline, sentence -> terminal.say(LogLevel.WARN, sentence));
        PipelineResult result = pipeline.await();
        RunOutcome outcome = RunOutcome.of(result, signals.first(), pipeline.leftovers());
        if (!outcome.reason().isEmpty()) {
          terminal.say(LogLevel.ERROR, "forebay: " + outcome.reason());
        }
        return outcome.exitCode();
      } finally {
        Files.deleteIfExists(rejected);
      }
    }

    private EmbeddedBroker open() {
      try {
        return EmbeddedBroker.open(new BrokerOptions().port(port));
      } catch (IllegalStateException e) {
        throw new ConfigurationException(
            "the broker cannot listen on 127.0.0.1:" + port + ": choose another port with --port",
            e);
      }
    }

    private Pipeline sensors(EmbeddedBroker broker, Path rejected) {
      return Pipeline.builder("demo")
          .source("sensors", new SimulatedSource(sensors, Long.MAX_VALUE / sensors, rate, 1))
          .sink(
              "mqtt",
              MqttSink.builder(
                      MqttBroker.at("mqtt://127.0.0.1:" + broker.port()),
                      "forebay-demo-sensors",
                      "plant/a/{sensorId}")
                  .build())
          .deadLetters(JsonlDeadLetters.to(rejected.toString()))
          .fresh(true)
          .build();
    }
  }
}
