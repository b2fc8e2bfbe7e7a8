package io.forebay.functions.internal.units;

import javax.measure.Unit;

/**
 * A unit.
 *
 * @param text as it was written
 */
public record UnitCode(String text, Unit<?> unit) {}
