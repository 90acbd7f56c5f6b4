/**
 * The runtime that hosts aggregates on Apache Pekko. Read {@link dev.allframe.runtime.AllFrame} first: everything
 * begins there.
 *
 * <p>Arrows point one way: {@code runtime} to {@code command} to {@code aggregate} to {@code rolling} and
 * {@code storage}; {@code serialization} is loaded by Pekko and knows {@code aggregate}.
 */
@NullMarked
package dev.allframe.runtime;

import org.jspecify.annotations.NullMarked;
