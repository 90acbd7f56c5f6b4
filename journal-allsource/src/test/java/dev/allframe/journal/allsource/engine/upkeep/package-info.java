/**
 * Tests of what stands in the package of the same name.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.upkeep;

import org.jspecify.annotations.NullMarked;
