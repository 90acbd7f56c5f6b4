package dev.allframe.runtime.projection;

import dev.allframe.projection.ViewReader;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.Parked;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTables;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a view serves: one value, so that nobody reads the rows of one generation by the position or the parked streams
 * of another.
 *
 * @param version the version of the code that made the rows
 * @param tables the rows
 * @param state how far they are
 * @param parked the streams of which events are missing in the rows
 * @param readers who reads the rows
 * @param rows reads the tables, or a snapshot of them, as rows of the view that serves them
 */
record Published(int version, ViewTables tables, FoldState state, Map<StreamId, Parked> parked, Readers readers,
        Function<ViewReads, ? extends ViewReader<?, ?>> rows) {

    static <K, R> Published of(RegisteredView<K, R> view, Generation<K, R> generation) {
        return new Published(view.type().version().number(), generation.tables(), generation.fold().state(),
                byStream(generation.fold().parked()), generation.readers(), view::reader);
    }

    /** The same, read as rows of another view. */
    Published as(Function<ViewReads, ? extends ViewReader<?, ?>> others) {
        return new Published(version, tables, state, parked, readers, others);
    }

    private static Map<StreamId, Parked> byStream(List<Parked> parked) {
        return parked.isEmpty()
                ? Map.of()
                : parked.stream().collect(Collectors.toUnmodifiableMap(Parked::stream, Function.identity()));
    }

    /** Whether the record of a token waits in a parked stream. */
    boolean isParked(ConsistencyToken token) {
        Parked waiting = parked.get(token.stream());
        return waiting != null && waiting.firstSequenceNr() <= token.sequenceNr();
    }

    /** Whether the record of a token, which has this place in the store, was applied. */
    boolean contains(ConsistencyToken token, Position place) {
        return state.position().compareTo(place) >= 0 && !isParked(token);
    }
}
