@NullMarked
package dev.allframe.journal.allsource.tables;

import org.jspecify.annotations.NullMarked;
