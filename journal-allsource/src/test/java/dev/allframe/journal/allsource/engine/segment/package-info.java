/**
 * Tests of sealed segments: their bytes, their damage, their reads. Read
 * {@link dev.allframe.journal.allsource.engine.segment.SampleRows} first.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.segment;

import org.jspecify.annotations.NullMarked;
