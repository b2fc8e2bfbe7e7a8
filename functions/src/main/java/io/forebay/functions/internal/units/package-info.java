/** Units of measurement: read from their code, and converted exactly. */
@NullMarked
package io.forebay.functions.internal.units;

import org.jspecify.annotations.NullMarked;
