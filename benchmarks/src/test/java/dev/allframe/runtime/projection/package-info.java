/** Trials of views on both storages of views, of which the runtime knows neither. */
@NullMarked
package dev.allframe.runtime.projection;

import org.jspecify.annotations.NullMarked;
