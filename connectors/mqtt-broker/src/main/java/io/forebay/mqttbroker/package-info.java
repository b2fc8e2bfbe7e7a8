/** A small MQTT broker for tests and demonstrations; keeps everything in memory. */
@NullMarked
package io.forebay.mqttbroker;

import org.jspecify.annotations.NullMarked;
