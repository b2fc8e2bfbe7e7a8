/** The records in a message: in any format of messages, and in Sparkplug B. */
@NullMarked
package io.forebay.connectors.mqtt.internal.payloads;

import org.jspecify.annotations.NullMarked;
