/**
 * Values of the configuration, read so that a refusal has the whole key, the value and what is allowed:
 * {@link dev.allframe.config.ConfigValues}.
 *
 * <p>Imports Typesafe's configuration and nothing else. Any thread.
 */
@NullMarked
package dev.allframe.config;

import org.jspecify.annotations.NullMarked;
