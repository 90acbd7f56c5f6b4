/**
 * Events, states and commands as JSON by Jackson: stored names instead of class names, exact decimals as text, records
 * and sealed types without annotations beyond the name. Read {@link dev.allframe.codec.jackson.JacksonEventCodec}
 * first.
 *
 * <p>The only package of the API that imports Jackson. Everything in it is immutable and thread-safe.
 */
@NullMarked
package dev.allframe.codec.jackson;

import org.jspecify.annotations.NullMarked;
