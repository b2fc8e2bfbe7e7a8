/**
 * Lines over TCP and UDP, and what every listening source shares.
 *
 * <pre>
 *   10,000 sockets      few event loops        4 partitions (virtual threads)   the engine
 *  ┌────────────┐      ┌───────────────┐      ┌─────────────────────────┐
 *  │ connection │─────►│ read a chunk, │─────►│ cut into lines, decode, │────► append (blocks)
 *  │ connection │      │ to a partition│      │ one partition each      │
 *  │ …          │◄─────│ stop reading  │◄─────│ read on                 │
 *  └────────────┘      └───────────────┘      └─────────────────────────┘
 * </pre>
 *
 * <p>A connection stays in one partition, so its records keep their order. The number of partitions
 * is fixed, however many clients come and go. One that blocks because the engine has no room leaves
 * its connections unread, and TCP stops the senders.
 */
@NullMarked
package io.forebay.connectors.net;

import org.jspecify.annotations.NullMarked;
