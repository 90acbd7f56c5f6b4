@NullMarked
package dev.allframe.journal.allsource.views;

import org.jspecify.annotations.NullMarked;
