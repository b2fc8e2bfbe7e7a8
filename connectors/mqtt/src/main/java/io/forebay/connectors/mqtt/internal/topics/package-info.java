/** What the levels of a topic say: taken apart into fields, and put together from them. */
@NullMarked
package io.forebay.connectors.mqtt.internal.topics;

import org.jspecify.annotations.NullMarked;
