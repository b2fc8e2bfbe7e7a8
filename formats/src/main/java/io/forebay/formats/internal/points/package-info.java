/** InfluxDB line protocol: the parts of a point, in both directions. */
@NullMarked
package io.forebay.formats.internal.points;

import org.jspecify.annotations.NullMarked;
