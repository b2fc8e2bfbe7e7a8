package io.forebay.otel;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Receives OTLP over HTTP, and reads what it is sent. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final int status;
  final List<Metric> metrics = new CopyOnWriteArrayList<>();
  final List<Span> spans = new CopyOnWriteArrayList<>();
  final Map<String, String> headers = new ConcurrentHashMap<>();

  Receiver(int status) throws IOException {
    this.status = status;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      switch (exchange.getRequestURI().getPath()) {
        case "/v1/metrics" ->
            ExportMetricsServiceRequest.parseFrom(body)
                .getResourceMetricsList()
                .forEach(of ->
                    of.getScopeMetricsList().forEach(in -> metrics.addAll(in.getMetricsList())));
        case "/v1/traces" ->
            ExportTraceServiceRequest.parseFrom(body)
                .getResourceSpansList()
                .forEach(
                    of -> of.getScopeSpansList().forEach(in -> spans.addAll(in.getSpansList())));
        default -> {}
      }
      exchange.sendResponseHeaders(status, -1);
    }
  }

  /** Names of metrics, each with the values that were sent last. */
  Map<String, List<Double>> values() {
    return metrics.stream()
        .collect(
            Collectors.toMap(
                Metric::getName,
                metric ->
                    new ArrayList<>(
                        Stream.concat(
                                metric.getSum().getDataPointsList().stream(),
                                metric.getGauge().getDataPointsList().stream())
                            .map(point -> point.getAsDouble())
                            .toList()),
                (first, last) -> last));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
