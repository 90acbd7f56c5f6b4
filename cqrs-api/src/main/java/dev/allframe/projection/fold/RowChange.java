package dev.allframe.projection.fold;

import org.jspecify.annotations.Nullable;

/**
 * What a page has made of a row, for those who watch.
 *
 * @param key the key
 * @param before the row before the page; null where there was none
 * @param after the row behind the page; null where there is none
 */
public record RowChange<K, R>(K key, @Nullable R before, @Nullable R after) {}
