/** Functions for sensor data that are ready to use in a pipeline. */
@NullMarked
package io.forebay.functions;

import org.jspecify.annotations.NullMarked;
