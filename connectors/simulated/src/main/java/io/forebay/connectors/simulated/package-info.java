/** Sensors that are not there, for trials, demonstrations and tests. */
@NullMarked
package io.forebay.connectors.simulated;

import org.jspecify.annotations.NullMarked;
