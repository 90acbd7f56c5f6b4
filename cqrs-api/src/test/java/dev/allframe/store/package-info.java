@NullMarked
package dev.allframe.store;

import org.jspecify.annotations.NullMarked;
