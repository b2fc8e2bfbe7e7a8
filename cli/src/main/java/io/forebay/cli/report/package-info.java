/** What was measured, on one page that needs nothing else: HTML with pictures in SVG. */
@NullMarked
package io.forebay.cli.report;

import org.jspecify.annotations.NullMarked;
