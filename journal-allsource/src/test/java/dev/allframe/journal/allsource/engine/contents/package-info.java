/**
 * Tests of what stands in the package of the same name.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.contents;

import org.jspecify.annotations.NullMarked;
