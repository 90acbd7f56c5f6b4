/**
 * How events and states that were stored in an old form become those of today. Read
 * {@link dev.allframe.evolution.Upcasters} first: what a user declares; {@link dev.allframe.evolution.VersionRegistry}
 * is what a codec makes of it.
 *
 * <p>Imports the JDK alone: contents without a class are neutral trees, so that no serializer is visible. Values here
 * are immutable; upcasters are called from many threads at once.
 */
@NullMarked
package dev.allframe.evolution;

import org.jspecify.annotations.NullMarked;
