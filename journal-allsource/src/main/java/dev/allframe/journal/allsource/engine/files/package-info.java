/**
 * The directory of a store: what its files are called ({@link
 * dev.allframe.journal.allsource.engine.files.StoreLayout}), which store it is, and who has it open.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.files;

import org.jspecify.annotations.NullMarked;
