/**
 * Tests of aggregates, views and sagas on real actors: in-memory storage, virtual time, one actor system for each test
 * class.
 * Read {@link dev.allframe.testkit.AllFrameTestKit} first. Needs JUnit 5; free of ScalaTest and JUnit 4.
 */
@NullMarked
package dev.allframe.testkit;

import org.jspecify.annotations.NullMarked;
