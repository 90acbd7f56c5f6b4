package dev.allframe.projection;

import dev.allframe.store.Position;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a projection is doing on this node, at one moment.
 *
 * @param name its name
 * @param version the version of its definition
 * @param state what it is doing
 * @param position up to where it has applied everything; what is served, not what is being built beside it
 * @param lag how many records of the store it has not looked at, about
 * @param oldestUnapplied since when the projection has known of records that it has not applied; null where it has
 *         applied all that it knows of
 * @param rows how many rows the served generation has
 * @param digest the digest of the served rows, 32 hexadecimal digits: two views with the same rows have the same one
 * @param eventsPerSecond how many records it went through in the last seconds, about
 * @param generation the number of the served generation; 0 where none is served
 * @param building the number of the generation that is being built; 0 where none is
 * @param builtTo up to where that has applied everything; null where none is built
 * @param parked how many streams wait
 * @param trouble why the projection does not go on, or what it was last failed by; empty where nothing is wrong
 * @param parkedStreams the first hundred of the streams that wait, each with the number of its first waiting event and
 *         the reason
 */
public record ProjectionMetadata(String name, int version, ProjectionState state, Position position, long lag,
        @Nullable Instant oldestUnapplied, long rows, String digest, double eventsPerSecond, long generation,
        long building, @Nullable Position builtTo, int parked, String trouble, List<ParkedStream> parkedStreams) {

    /** A stream that waits because one of its events failed. */
    public record ParkedStream(String stream, long firstSequenceNr, Instant since, String reason) {}

    public ProjectionMetadata {
        parkedStreams = List.copyOf(parkedStreams);
    }
}
