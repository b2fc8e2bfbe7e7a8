/** Sources and sinks for files: JSON Lines and CSV, plain or compressed. */
@NullMarked
package io.forebay.connectors.file;

import org.jspecify.annotations.NullMarked;
