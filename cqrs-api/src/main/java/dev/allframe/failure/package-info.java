/**
 * How failures are put into words. Read {@link dev.allframe.failure.Failures} first. Imports the JDK alone, and nothing
 * of AllFrame, so that every other package can use it. Callable from any thread.
 */
@NullMarked
package dev.allframe.failure;

import org.jspecify.annotations.NullMarked;
