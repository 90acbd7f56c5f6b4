package dev.allframe.runtime.reaction;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.ReactionType;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps where a reaction stands, as the durable state {@code allframe-reaction|<name>}, JSON text. Every owner begins
 * with a change of its own, so that the change of an owner before it, which goes on after a pause, has the wrong
 * revision and is refused. Thread-safe.
 */
final class ReactionPositions {

    static final String ENTITY_TYPE = "allframe-reaction";

    private static final int FORMAT = 1;
    private static final RowCodec<Stored> JSON = JacksonRowCodec.of(Stored.class);

    /**
     * A stream that waits.
     *
     * @param stream the stream
     * @param firstSequenceNr the first event that waits
     * @param since when it failed, on this node's clock
     * @param reason why, in words
     */
    record Parked(String stream, long firstSequenceNr, Instant since, String reason) {}

    /** The value of the state. */
    record Stored(int format, String owner, String position, long orders, List<Parked> parked) {}

    /**
     * Where the reaction stands, which belongs to the caller until another claims it.
     *
     * @param revision of the last change
     * @param position every event up to here is finished
     * @param orders the number of the last order of an operator that was followed; 0 before the first
     * @param parked the streams that wait, of which events before the position are not finished
     */
    record Claim(long revision, Position position, long orders, List<Parked> parked) {}

    private final EventStoreBackend store;
    private final StreamId id;
    private final Position first;
    private final String owner = UUID.randomUUID().toString();

    /** @param now where the store ended when the reaction was started */
    ReactionPositions(EventStoreBackend store, ReactionType type, Position now) {
        this.store = store;
        this.id = StreamId.of(ENTITY_TYPE, type.name());
        this.first = switch (type.begin()) {
            case NOW -> now;
            case START -> Position.START;
        };
    }

    /**
     * Reads where the reaction stands, or where it begins, and makes it the caller's.
     *
     * @return fails with {@link dev.allframe.store.VersionConflictException} if another claims it at the same moment
     */
    CompletionStage<Claim> claim() {
        return store.getState(id).thenCompose(found -> {
            long revision = found.map(DurableState::revision).orElse(0L);
            Stored stored = found.map(ReactionPositions::stored).orElse(null);
            if (stored != null) {
                return claim(revision, Position.parse(stored.position), stored.orders, stored.parked);
            }
            return claim(revision, first, 0, List.of());
        });
    }

    private CompletionStage<Claim> claim(long revision, Position position, long orders, List<Parked> parked) {
        return save(revision, position, orders, parked).thenApply(made -> new Claim(made, position, orders, parked));
    }

    /**
     * Stores where the reaction stands.
     *
     * @param revision of the last change
     * @return the revision of this one; fails with {@link dev.allframe.store.VersionConflictException} where another
     *         owner has made a change, or an earlier one of the caller that was thought to have failed
     */
    CompletionStage<Long> save(long revision, Position position, long orders, Collection<Parked> parked) {
        byte[] json = JSON.encode(new Stored(FORMAT, owner, position.asText(), orders, List.copyOf(parked)));
        return store.upsertState(id, revision + 1, Payload.json(json), "").thenApply(DurableState::revision);
    }

    /** The revision of the last change, where it was made by the caller; empty where another owner made it. */
    CompletionStage<Optional<Long>> ownRevision() {
        return store.getState(id).thenApply(found -> found.filter(state -> {
            Stored stored = stored(state);
            return stored != null && stored.owner.equals(owner);
        }).map(DurableState::revision));
    }

    private static @Nullable Stored stored(DurableState state) {
        Payload payload = state.payload();
        if (payload == null) {
            return null;
        }
        try {
            Stored stored = JSON.decode(payload.bytes());
            if (stored.format != FORMAT) {
                throw new UnsupportedFormatException("the position of " + state.id() + " has format " + stored.format
                        + ", known is " + FORMAT);
            }
            return stored;
        } catch (CodecException unfit) {
            throw new CorruptStoreException("the position of " + state.id() + " cannot be read", unfit);
        }
    }
}
