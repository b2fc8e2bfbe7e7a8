/**
 * What the command logs: lines of text or of JSON on the standard error, whoever says something,
 * with secrets hidden.
 */
@NullMarked
package io.forebay.cli.log;

import org.jspecify.annotations.NullMarked;
