/**
 * Clusters of real JVMs, and the tests on them. Read {@link dev.allframe.multijvm.JvmCluster} first: it is the language
 * that tests speak. A node is a program whose {@code main} calls {@link dev.allframe.multijvm.NodeConsole#serve}.
 */
@NullMarked
package dev.allframe.multijvm;

import org.jspecify.annotations.NullMarked;
