@NullMarked
package dev.allframe.store.view;

import org.jspecify.annotations.NullMarked;
