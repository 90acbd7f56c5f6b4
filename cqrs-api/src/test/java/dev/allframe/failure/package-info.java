@NullMarked
package dev.allframe.failure;

import org.jspecify.annotations.NullMarked;
