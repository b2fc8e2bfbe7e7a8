/**
 * The terms of formats: which there are and how they are set up, the bytes that are read and
 * written, and what a decoder of messages is.
 */
@NullMarked
package io.forebay.formats.api;

import org.jspecify.annotations.NullMarked;
