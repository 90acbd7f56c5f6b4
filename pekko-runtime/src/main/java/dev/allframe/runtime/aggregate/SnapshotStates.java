package dev.allframe.runtime.aggregate;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.codec.StateCodec;
import dev.allframe.codec.jackson.JacksonStateCodec;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.pekko.persistence.typed.SnapshotAdapter;

/** Between what an actor knows and its snapshot. What cannot be read becomes a state that says so. */
final class SnapshotStates<S> implements SnapshotAdapter<AggregateState<S>> {

    private final RegisteredAggregate<?, ?, S> aggregate;
    private final Supplier<AggregateState<S>> empty;

    /**
     * An adapter.
     *
     * @param empty what the actor knows of an instance without records
     */
    SnapshotStates(RegisteredAggregate<?, ?, S> aggregate, Supplier<AggregateState<S>> empty) {
        this.aggregate = aggregate;
        this.empty = empty;
    }

    @Override
    public Object toJournal(AggregateState<S> state) {
        StateCodec<S> states = Objects.requireNonNull(aggregate.states(),
                "only aggregates with a state codec save snapshots");
        EncodedState encoded = states.encode(state.state());
        return new StoredState(state.ignoring() ? encoded.onlyFor(aggregate.code()) : encoded,
                state.window().oldestFirst(), state.window().forgottenUntil());
    }

    @Override
    public AggregateState<S> fromJournal(Object snapshot) {
        if (!(snapshot instanceof StoredState stored)) {
            return empty.get()
                    .unreadable("the snapshot", new CodecException(
                            "it is a " + snapshot.getClass().getName() + " and none of ours", null));
        }
        try {
            String code = stored.state().code();
            boolean ignoring = code != null && code.equals(aggregate.code());
            S state = codec().decode(ignoring ? stored.state().forAll() : stored.state());
            return new AggregateState<>(state,
                    CommandWindow.of(aggregate.type(), stored.commands(), stored.forgottenUntil()), ignoring);
        } catch (OutdatedStateException outdated) {
            return empty.get().outdated(outdated);
        } catch (Throwable defect) {
            return empty.get()
                    .unreadable("the snapshot '" + stored.state().type() + "' version "
                            + stored.state().version(), defect);
        }
    }

    /** How states are read: also where the aggregate takes no snapshots any more but has some. */
    private StateCodec<S> codec() {
        StateCodec<S> codec = aggregate.states();
        return codec == null ? JacksonStateCodec.of(aggregate.type()) : codec;
    }
}
