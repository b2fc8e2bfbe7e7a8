/**
 * A running pipeline over HTTP, to be looked at and never to be changed.
 *
 * <pre>
 *            once a second                    a request
 *  Pipeline ──────────────► Board ◄──────────── RequestHandler ◄───── browsers, Prometheus, forebay top
 *              snapshot     │ last seconds,     │ who may, and what
 *                           │ rendered once     │
 *                           └────► EventStreams ┘ everybody who keeps looking
 * </pre>
 *
 * All of it runs on one event loop of its own, which is none of those that take records. What is
 * asked for is rendered at most once a second, however many ask.
 */
@NullMarked
package io.forebay.dashboard;

import org.jspecify.annotations.NullMarked;
