/**
 * What tests of pipelines need: a manual clock, a recording sink, and the contract tests of
 * sources, sinks and functions.
 */
@NullMarked
package io.forebay.testkit;

import org.jspecify.annotations.NullMarked;
