/** What tests of an event-sourced system share: the guarantees that they prove. */
@NullMarked
package dev.allframe.api.testkit;

import org.jspecify.annotations.NullMarked;
