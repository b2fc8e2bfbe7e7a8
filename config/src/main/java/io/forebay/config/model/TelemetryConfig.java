package io.forebay.config.model;

import io.forebay.config.secrets.Secret;
import io.forebay.config.values.Key;
import java.util.Optional;

/** Where a running pipeline's metrics and traces are sent, over OTLP. */
public record TelemetryConfig(
    @Key(
            "The receiver's address, as `http://127.0.0.1:4318`; metrics go to `/v1/metrics` there,"
                + " traces to `/v1/traces`.")
        String otlp,
    @Key(
            value =
                "A secret that is sent as `Authorization: Bearer …`, as `${env:…}` or `${file:…}`.",
            otherwise = "none; the variable OTEL_EXPORTER_OTLP_HEADERS may hold others")
        Optional<Secret> token) {}
