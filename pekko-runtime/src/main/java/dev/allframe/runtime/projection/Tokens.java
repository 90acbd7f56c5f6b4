package dev.allframe.runtime.projection;

import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventReader;
import dev.allframe.store.Position;
import dev.allframe.store.Registration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** Finds the place in the store that a token stands for. Callable from any thread. */
final class Tokens {

    private final EventReader store;

    Tokens(EventReader store) {
        this.store = store;
    }

    /**
     * The position that a view must have reached. Completes when the record is there; of one that was deleted with the
     * position of the store's end at that moment, which is behind that of the record.
     *
     * @param over completed when nobody waits any more
     */
    CompletionStage<Position> place(ConsistencyToken token, CompletionStage<?> over) {
        if (token.sequenceNr() <= 0) {
            return CompletableFuture.completedFuture(Position.START);
        }
        return look(token).thenCompose(found -> found.<CompletionStage<Position>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> wait(token, over)));
    }

    private CompletionStage<Optional<Position>> look(ConsistencyToken token) {
        return store.getEvent(token.stream(), token.sequenceNr()).thenCompose(found -> {
            if (found.isPresent()) {
                return CompletableFuture.completedFuture(Optional.of(found.get().position()));
            }
            return store.highestSequenceNr(token.stream())
                    .thenCompose(highest -> token.sequenceNr() <= highest
                            ? foundOrDeleted(token)
                            : CompletableFuture.completedFuture(Optional.empty()));
        });
    }

    /** The record may have come between the two questions: a second look tells. */
    private CompletionStage<Optional<Position>> foundOrDeleted(ConsistencyToken token) {
        return store.getEvent(token.stream(), token.sequenceNr())
                .thenCompose(found -> found.isPresent()
                        ? CompletableFuture.completedFuture(Optional.of(found.get().position()))
                        : store.lastPosition().thenApply(Optional::of));
    }

    /** The record is not on this node yet. */
    private CompletionStage<Position> wait(ConsistencyToken token, CompletionStage<?> over) {
        CompletableFuture<Position> place = new CompletableFuture<>();
        AtomicReference<Registration> waking = new AtomicReference<>(() -> {});
        waking.set(store.onAppend(token.stream(), () -> Thread.startVirtualThread(() -> again(token, place))));
        CompletableFuture<Position> unused = place.whenComplete((found, failed) -> waking.get().close());
        over.whenComplete((done, failed) -> place.cancel(false));
        again(token, place);
        return place;
    }

    private void again(ConsistencyToken token, CompletableFuture<Position> place) {
        if (!place.isDone()) {
            look(token).whenComplete((found, failed) -> {
                if (failed != null) {
                    place.completeExceptionally(failed);
                } else {
                    found.ifPresent(place::complete);
                }
            });
        }
    }
}
