package io.forebay.otel;

import io.forebay.observe.OtlpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where metrics and traces are sent, besides what the variables {@code OTEL_…} say, which hold
 * where this says nothing.
 *
 * @param endpoint to which {@code /v1/metrics} and {@code /v1/traces} are added
 * @param token sent as {@code Authorization: Bearer}
 */
public record TelemetrySettings(Optional<OtlpAddress> endpoint, Optional<String> token) {
  private static final List<String> ENDPOINTS =
      List.of(
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.service.name", "forebay",
          "otel.exporter.otlp.protocol", "http/protobuf",
          "otel.metric.export.interval", "10000",
          // What is tried again while the next waits is late: the next holds all that was counted.
          "otel.java.exporter.otlp.retry.disabled", "true",
          "otel.logs.exporter", "none");

  /** Whether something is to be sent, by these settings or by the environment. */
  public boolean isWanted(Map<String, String> environment) {
    boolean disabled = "true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"));
    return !disabled
        && (endpoint.isPresent()
            || ENDPOINTS.stream().anyMatch(name -> !environment.getOrDefault(name, "").isBlank()));
  }

  /** What must not be printed: values of headers that the environment sets, and the token. */
  public List<String> secrets(Map<String, String> environment) {
    List<String> secrets = new ArrayList<>(token.stream().toList());
    environment.forEach((name, value) -> {
      if (name.startsWith("OTEL_EXPORTER_OTLP_") && name.endsWith("HEADERS")) {
        for (String header : value.split(",", -1)) {
          secrets.add(header.substring(header.indexOf('=') + 1).strip());
        }
      }
    });
    return secrets;
  }

  /** The addresses to which is sent. */
  List<OtlpAddress> addresses(Map<String, String> environment) {
    return endpoint.isPresent()
        ? List.of(endpoint.get())
        : ENDPOINTS.stream()
            .map(name -> environment.getOrDefault(name, ""))
            .filter(url -> !url.isBlank())
            .map(OtlpAddress::new)
            .toList();
  }

  /** Properties for which the environment says nothing. */
  static Map<String, String> defaults() {
    return DEFAULTS;
  }

  /** Properties that win over the environment. */
  Map<String, String> overrides(String headers) {
    Map<String, String> properties = new LinkedHashMap<>();
    endpoint
        .map(OtlpAddress::url)
        .ifPresent(url -> {
          String base = url.endsWith("/") ? url : url + "/";
          properties.put("otel.exporter.otlp.endpoint", url);
          properties.put("otel.exporter.otlp.metrics.endpoint", base + "v1/metrics");
          properties.put("otel.exporter.otlp.traces.endpoint", base + "v1/traces");
        });
    token.ifPresent(secret -> {
      String ours = "Authorization=Bearer " + secret;
      properties.put("otel.exporter.otlp.headers", headers.isEmpty() ? ours : headers + "," + ours);
    });
    return properties;
  }
}
