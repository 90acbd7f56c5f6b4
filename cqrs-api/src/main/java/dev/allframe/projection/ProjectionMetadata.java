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
 * @param generations the generations of a view that this node has, by their numbers; none of a reaction
 * @param other how the other version of a view is doing that is kept beside the one that answers, which this is; null
 *        where none is
 */
public record ProjectionMetadata(String name, int version, ProjectionState state, Position position, long lag,
        @Nullable Instant oldestUnapplied, long rows, String digest, double eventsPerSecond, long generation,
        long building, @Nullable Position builtTo, int parked, String trouble, List<ParkedStream> parkedStreams,
        List<StoredGeneration> generations, @Nullable ProjectionMetadata other) {

    /** A stream that waits because one of its events failed. */
    public record ParkedStream(String stream, long firstSequenceNr, Instant since, String reason) {}

    /**
     * The rows that one version of the code has made.
     *
     * @param number its number
     * @param use what it is for
     * @param version the version of the code; 0 where that is not known
     * @param keptUntil when it is deleted; null where that is not fixed
     */
    public record StoredGeneration(long number, Use use, int version, @Nullable Instant keptUntil) {

        /** What a generation is for. */
        public enum Use {
            /** It is read. */
            SERVED,
            /** It is being built. */
            BUILDING,
            /** It is to be built when another view of the node is. */
            WAITING,
            /** It was served, and is kept for the code that made it, in case that returns. */
            KEPT,
            /** It is of a view that was not given to this AllFrame. */
            UNREGISTERED
        }
    }

    public ProjectionMetadata {
        parkedStreams = List.copyOf(parkedStreams);
        generations = List.copyOf(generations);
    }
}
