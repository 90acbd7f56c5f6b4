/**
 * Views beside the events of a store, in its directory {@code views}. Read
 * {@link dev.allframe.journal.allsource.views.RocksViewStore} first. Whatever is here can be computed again from the
 * events; so a backup leaves it out.
 */
@NullMarked
package dev.allframe.journal.allsource.views;

import org.jspecify.annotations.NullMarked;
