package dev.allframe.codec.jackson;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.codec.StateCodec;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.failure.Failures;
import java.io.IOException;

/**
 * The states of an aggregate as JSON text under their {@link Stored} name; {@link DomainJson} says how values look.
 *
 * @param <S> the state
 */
public final class JacksonStateCodec<S> implements StateCodec<S> {

    private final StoredClass<S> state;

    private JacksonStateCodec(AggregateType<?, ?, S> aggregate) {
        state = new StoredClass<>(aggregate.stateClass(), aggregate.name(), MigrationPlan.withState(aggregate));
    }

    /**
     * The codec of an aggregate's states.
     *
     * @throws dev.allframe.codec.InvalidDomainException if the state class has no stored name, or the aggregate's
     *         events and steps from old versions are wrong
     */
    public static <S> JacksonStateCodec<S> of(AggregateType<?, ?, S> type) {
        return new JacksonStateCodec<>(type);
    }

    @Override
    public EncodedState encode(S value) {
        return new EncodedState(state.name(), state.version(), state.shape(), state.write("state", value));
    }

    @Override
    public S decode(EncodedState stored) {
        if (stored.code() != null) {
            throw new OutdatedStateException("stored state '" + stored.type() + "' version " + stored.version()
                    + " was made by older code, which ignored what it did not know in newer events", null);
        }
        if (!state.isOfToday(stored.type(), stored.version())) {
            try {
                return state.upcast(stored.type(), stored.version(), stored.bytes());
            } catch (CodecException failed) {
                throw new OutdatedStateException(Failures.message(failed), failed);
            }
        }
        if (stored.shape() != null && !stored.shape().equals(state.shape())) {
            throw new OutdatedStateException("stored state '" + stored.type() + "' version " + stored.version()
                    + " has the shape " + stored.shape() + ", and that of today is " + state.shape(), null);
        }
        try {
            return state.read(stored.bytes());
        } catch (IOException failed) {
            // it may be of another shape, or of another way of writing the same
            throw new OutdatedStateException("stored state '" + stored.type() + "' version " + stored.version()
                    + " does not fit its class: " + Failures.message(failed), failed);
        }
    }

    @Override
    public VersionRegistry versions() {
        return state.versions();
    }
}
