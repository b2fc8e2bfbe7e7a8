package io.forebay.config.values;

import java.util.Optional;

/** Certificates of a TLS connection to an MQTT broker. */
public record MqttTlsConfig(
    @Key(
            value = "A PEM file of the certificates that are trusted.",
            otherwise = "what the JDK trusts")
        Optional<String> ca,
    @Key("A PEM file with this client's certificate.") Optional<String> certificate,
    @Key("A PEM file with its private key (PKCS #8).") Optional<String> key) {}
