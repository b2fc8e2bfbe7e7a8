/**
 * From the stages to every sink and back: {@code SinkRunner} hands out, {@code GroupCommit} is the
 * commit from top to bottom, {@code RecordLedger} what is counted.
 */
@NullMarked
package io.forebay.engine.internal.delivery;

import org.jspecify.annotations.NullMarked;
