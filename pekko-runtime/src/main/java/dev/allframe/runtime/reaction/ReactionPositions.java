package dev.allframe.runtime.reaction;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.fold.Witness;
import dev.allframe.runtime.projection.Histories;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps where a reaction stands, as the durable state {@code allframe-reaction|<name>}, JSON text. Every owner begins
 * with a change of its own, so that the change of an owner before it, which goes on after a pause, has the wrong
 * revision and is refused. Thread-safe.
 *
 * <p>Beside the position stands the last record that was finished, the witness. Where the store has it no more in its
 * place, nothing says which events had their effect, and the position is refused. In a store of another id, a copy,
 * the reaction goes on behind the witness, where the copy has it at the same place: between the witness and the
 * position was no event of the reaction's.
 *
 * <p>A replay stands where its last run is, and is stored with how many events of the run are done.
 */
final class ReactionPositions {

    /** Of reactions, which members of an older version may go on with. */
    private static final int FORMAT = 2;
    private static final int OF_REPLAYS = 3;
    private static final int WITHOUT_WITNESS = 1;
    private static final RowCodec<Stored> JSON = JacksonRowCodec.of(Stored.class);
    private static final RowCodec<StoredRun> RUN_JSON = JacksonRowCodec.of(StoredRun.class);
    private static final RowCodec<StoredWithoutWitness> OLD_JSON = JacksonRowCodec.of(StoredWithoutWitness.class);

    /**
     * A stream that waits.
     *
     * @param stream the stream
     * @param firstSequenceNr the first event that waits
     * @param since when it failed, on this node's clock
     * @param reason why, in words
     */
    record Parked(String stream, long firstSequenceNr, Instant since, String reason) {}

    /** The last record that was finished; the position as text, CRC-32C of type and contents as {@link Witness}. */
    record StoredWitness(String stream, long sequenceNr, String position, int checksum) {

        static @Nullable StoredWitness of(@Nullable Witness witness) {
            return witness == null
                    ? null
                    : new StoredWitness(witness.stream().value(), witness.sequenceNr(), witness.position().asText(),
                            witness.checksum());
        }

        Witness read() {
            return new Witness(new StreamId(stream), sequenceNr, Position.parse(position), checksum);
        }
    }

    /** The value of the state, format 1. */
    record StoredWithoutWitness(int format, String owner, String position, long orders, List<Parked> parked) {

        StoredRun withWitness() {
            return new StoredRun(format, owner, position, orders, parked, null, 0);
        }
    }

    /** The value of the state of a reaction. */
    record Stored(int format, String owner, String position, long orders, List<Parked> parked,
            @Nullable StoredWitness witness) {

        StoredRun withEvents() {
            return new StoredRun(format, owner, position, orders, parked, witness, 0);
        }
    }

    /** The value of the state of a replay, and what every format is read as. */
    record StoredRun(int format, String owner, String position, long orders, List<Parked> parked,
            @Nullable StoredWitness witness, long events) {

        Stored withoutEvents() {
            return new Stored(FORMAT, owner, position, orders, parked, witness);
        }

        /** Where it says that the reaction stands. */
        Stands stands() {
            return new Stands(Position.parse(position), orders, parked, witness == null ? null : witness.read(),
                    events);
        }
    }

    /**
     * Where the reaction stands, which belongs to the caller until another claims it.
     *
     * @param revision of the last change
     * @param stands where
     */
    record Claim(long revision, Stands stands) {}

    /**
     * Where a reaction stands.
     *
     * @param position every event up to here is finished
     * @param orders the number of the last order of an operator that was followed to its end, as all before it; 0
     *        before the first
     * @param parked the streams that wait, of which events before the position are not finished
     * @param witness the last record that was finished; null before the first
     * @param events how many of a replay's run are finished; 0 for a reaction
     */
    record Stands(Position position, long orders, List<Parked> parked, @Nullable Witness witness, long events) {

        static Stands at(Position position, long orders) {
            return new Stands(position, orders, List.of(), null, 0);
        }

        private Stands following(long followed) {
            return new Stands(position, followed, parked, witness, events);
        }

        private Stands at(Witness here) {
            return new Stands(here.position(), orders, parked, here, events);
        }
    }

    private final EventStoreBackend store;
    private final StreamId id;
    private final Position first;
    private final boolean ofReplay;
    private final String owner = UUID.randomUUID().toString();

    /** @param now where the store ended when the reaction was started */
    ReactionPositions(EventStoreBackend store, RegisteredReaction reaction, Position now) {
        ReactionType type = reaction.type();
        this.store = store;
        this.ofReplay = reaction.isReplay();
        this.id = StreamId.of(ReactionType.POSITIONS, type.name());
        this.first = switch (type.begin()) {
            case NOW -> now;
            case START -> Position.START;
        };
    }

    /**
     * Reads where the reaction stands, or where it begins, and makes it the caller's.
     *
     * @param orders all that were given to the reaction
     * @return fails with {@link UnusablePositionException} if the position is not one of this store's history or cannot
     *         be read, and no order says where to begin; with {@link dev.allframe.store.VersionConflictException} if
     *         another claims it at the same moment
     */
    CompletionStage<Claim> claim(List<RecordedEvent<ViewOrder>> orders) {
        return store.getState(id).thenCompose(found -> {
            long revision = found.map(DurableState::revision).orElse(0L);
            StoredRun stored = readable(found);
            long given = orders.isEmpty() ? 0 : orders.getLast().sequenceNr();
            long followed = stored == null ? 0 : Math.min(stored.orders, given);
            Optional<Stands> ordered = ordered(orders, followed);
            if (ordered.isPresent()) {
                return claim(revision, ordered.get());
            }
            if (stored == null) {
                return claim(revision, Stands.at(first, 0));
            }
            Stands stands = stored.stands().following(followed);
            if (ofReplay && ReplayRun.last(orders).filter(run -> run.goesOn(stands)).isEmpty()) {
                return claim(revision, stands);
            }
            return inThisStore(stands).thenCompose(place -> place.stands == null
                    ? refused(revision, stored, followed, place.why)
                    : claim(revision, place.stands));
        });
    }

    private CompletionStage<Claim> claim(long revision, Stands stands) {
        return save(revision, stands).thenApply(made -> new Claim(made, stands));
    }

    /** Where the last order to begin, or to begin anew, says, if it was not followed. */
    private Optional<Stands> ordered(List<RecordedEvent<ViewOrder>> orders, long followed) {
        if (ofReplay) {
            return ReplayRun.last(orders)
                    .filter(run -> run.number() > followed)
                    .map(run -> Stands.at(run.range().after(), run.number()));
        }
        return orders.reversed()
                .stream()
                .filter(order -> order.sequenceNr() > followed)
                .filter(order -> order.event() instanceof ViewOrder.RestartOrdered)
                .findFirst()
                .map(order -> {
                    boolean fromStart = ((ViewOrder.RestartOrdered) order.event()).fromStart();
                    return Stands.at(fromStart ? Position.START : order.position(), order.sequenceNr());
                });
    }

    /** Where a reaction stands in this store, or why that is not known. */
    private record Place(@Nullable Stands stands, String why) {}

    private CompletionStage<Place> inThisStore(Stands stands) {
        Position position = stands.position();
        Witness witness = stands.witness();
        if (position.equals(Position.START)) {
            return CompletableFuture.completedFuture(new Place(stands, ""));
        }
        if (position.storeId().equals(store.storeId())) {
            return Histories.difference(store, position, witness)
                    .thenApply(difference -> difference.map(why -> new Place(null, why))
                            .orElseGet(() -> new Place(stands, "")));
        }
        String other = "it is of store " + position.storeId() + ", this is store " + store.storeId() + ", and ";
        if (witness == null) {
            return CompletableFuture.completedFuture(
                    new Place(null, other + "no event had its effect there by which the two could be compared"));
        }
        return store.getEvent(witness.stream(), witness.sequenceNr())
                .thenApply(record -> record.map(Witness::of)
                        .filter(here -> isSame(here, witness))
                        .map(here -> new Place(stands.at(here), ""))
                        .orElseGet(() -> new Place(null, other + "record " + witness.sequenceNr() + " of "
                                + witness.stream() + ", the last that had its effect, is not at its place here")));
    }

    /** Whether a record of this store is that of another: the same contents at the same place. */
    private static boolean isSame(Witness here, Witness there) {
        return here.checksum() == there.checksum() && here.position().partition() == there.position().partition()
                && here.position().epoch() == there.position().epoch()
                && here.position().index() == there.position().index();
    }

    /** Orders that the store does not have are forgotten first, so that those to come have higher numbers. */
    private CompletionStage<Claim> refused(long revision, StoredRun stored, long followed, String why) {
        UnusablePositionException refusal = new UnusablePositionException("its position " + stored.position
                + " is not used, because " + why + "; events would be left out or have their effect again: "
                + (ofReplay
                        ? "cancel it by ReplayManager.cancel, and start another"
                        : "say where it begins by ProjectionRegistry.restart"));
        if (stored.orders == followed) {
            return CompletableFuture.failedFuture(refusal);
        }
        return save(revision, new StoredRun(stored.format, owner, stored.position, followed, stored.parked,
                stored.witness, stored.events)).thenCompose(saved -> CompletableFuture.failedFuture(refusal));
    }

    /**
     * Stores where the reaction stands.
     *
     * @param revision of the last change
     * @return the revision of this one; fails with {@link dev.allframe.store.VersionConflictException} where another
     *         owner has made a change, or an earlier one of the caller that was thought to have failed
     */
    CompletionStage<Long> save(long revision, Stands stands) {
        return save(revision, new StoredRun(OF_REPLAYS, owner, stands.position.asText(), stands.orders,
                stands.parked, StoredWitness.of(stands.witness), stands.events));
    }

    private CompletionStage<Long> save(long revision, StoredRun value) {
        byte[] json = ofReplay ? RUN_JSON.encode(value) : JSON.encode(value.withoutEvents());
        return store.upsertState(id, revision + 1, Payload.json(json), "").thenApply(DurableState::revision);
    }

    /**
     * Where it is stored to stand; empty before the first claim. Fails with {@link UnusablePositionException} where
     * that cannot be read.
     */
    CompletionStage<Optional<Stands>> stands() {
        return store.getState(id).thenApply(found -> Optional.ofNullable(readable(found)).map(StoredRun::stands));
    }

    /** The revision of the last change, where it was made by the caller; empty where another owner made it. */
    CompletionStage<Optional<Long>> ownRevision() {
        return store.getState(id).thenApply(found -> found.filter(state -> {
            StoredRun stored = stored(state);
            return stored != null && stored.owner.equals(owner);
        }).map(DurableState::revision));
    }

    private static @Nullable StoredRun readable(Optional<DurableState> found) {
        try {
            return found.isEmpty() ? null : stored(found.get());
        } catch (CorruptStoreException | UnsupportedFormatException unreadable) {
            throw new UnusablePositionException(Failures.message(unreadable)
                    + "; a reaction of another name begins as its code says", unreadable);
        }
    }

    private static @Nullable StoredRun stored(DurableState state) {
        Payload payload = state.payload();
        if (payload == null) {
            return null;
        }
        StoredRun stored = parsed(state.id(), payload.bytes());
        boolean known = stored.format == FORMAT || stored.format == OF_REPLAYS
                || (stored.format == WITHOUT_WITNESS && stored.witness == null);
        if (!known) {
            throw new UnsupportedFormatException("the position of " + state.id() + " has format " + stored.format
                    + ", known are " + WITHOUT_WITNESS + ", " + FORMAT + " and " + OF_REPLAYS);
        }
        try {
            var unused = stored.stands();
            return stored;
        } catch (IllegalArgumentException unfit) {
            throw new CorruptStoreException("the position of " + state.id() + " cannot be read", unfit);
        }
    }

    private static StoredRun parsed(StreamId id, byte[] json) {
        try {
            return JSON.decode(json).withEvents();
        } catch (CodecException ofOtherShape) {
            try {
                return RUN_JSON.decode(json);
            } catch (CodecException ofNoReplay) {
                try {
                    return OLD_JSON.decode(json).withWitness();
                } catch (CodecException unfit) {
                    throw new CorruptStoreException("the position of " + id + " cannot be read", ofOtherShape);
                }
            }
        }
    }
}
