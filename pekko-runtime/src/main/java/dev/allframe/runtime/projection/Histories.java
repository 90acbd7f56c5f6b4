package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.Witness;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a store still has what a view or a reaction has read of it: a store that was restored to an earlier
 * point, or copied and written to, has another history under the same id.
 */
public final class Histories {

    private Histories() {}

    /**
     * What the store has otherwise, as it follows "because"; empty where nothing is known to differ. A witness that was
     * deleted differs in nothing.
     *
     * @param position everything up to here was read, a position of this store
     * @param witness the last record that was read; null where none was of interest
     */
    public static CompletionStage<Optional<String>> difference(EventStoreBackend store, Position position,
            @Nullable Witness witness) {
        return store.lastPosition().thenCompose(last -> {
            if (!isUpTo(position, last)) {
                return CompletableFuture.completedFuture(
                        Optional.of("it has applied " + position + ", which is behind the end of the store"));
            }
            return witness == null
                    ? CompletableFuture.completedFuture(Optional.<String>empty())
                    : difference(store, witness);
        });
    }

    private static boolean isUpTo(Position position, Position last) {
        boolean comparable = position.equals(Position.START) || position.partition() == last.partition();
        return comparable && position.compareTo(last) <= 0;
    }

    private static CompletionStage<Optional<String>> difference(EventStoreBackend store, Witness witness) {
        return store.getEvent(witness.stream(), witness.sequenceNr()).thenCompose(record -> {
            if (record.isPresent()) {
                return CompletableFuture.completedFuture(witness.isOf(record.get())
                        ? Optional.<String>empty()
                        : Optional.of("the store has another record " + witness.sequenceNr() + " of "
                                + witness.stream() + " than the one that was applied"));
            }
            return store.highestSequenceNr(witness.stream())
                    .thenApply(highest -> highest >= witness.sequenceNr()
                            ? Optional.empty()
                            : Optional.of("the store has no record " + witness.sequenceNr() + " of "
                                    + witness.stream() + ", which was applied"));
        });
    }
}
