/** Reads and writes records as text: JSON, CSV, plain numbers and InfluxDB line protocol. */
@NullMarked
package io.forebay.formats;

import org.jspecify.annotations.NullMarked;
