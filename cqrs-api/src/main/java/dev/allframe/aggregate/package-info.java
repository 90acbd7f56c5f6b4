/**
 * What a user's domain consists of: commands, events, aggregates that decide. Read
 * {@link dev.allframe.aggregate.Aggregate} first.
 *
 * <p>Imports the JDK and {@code evolution} alone: no actor, no store and no serializer is visible from here. The code
 * of an aggregate is pure and runs on whatever thread hosts it, one command at a time for each instance.
 */
@NullMarked
package dev.allframe.aggregate;

import org.jspecify.annotations.NullMarked;
