/**
 * Views that are sums over time, as pipelines of small functions: from events, over groups and windows of event time,
 * into a {@link dev.allframe.projection.ProjectionType}, which is registered, read, rebuilt and tested as every other
 * view is. Read {@link dev.allframe.pipeline.Pipeline} first.
 *
 * <p>Imports the JDK, {@code aggregate} and {@code projection}.
 */
@NullMarked
package dev.allframe.pipeline;

import org.jspecify.annotations.NullMarked;
