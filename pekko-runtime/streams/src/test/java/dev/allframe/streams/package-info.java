@NullMarked
package dev.allframe.streams;

import org.jspecify.annotations.NullMarked;
