package dev.allframe.runtime.rolling;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.evolution.VersionRegistry;
import java.util.List;

/** Asks the guard before an event is stored, where no instance does. */
record GuardedCodec<E extends Event>(VersionGuard guard, String aggregate,
        EventCodec<E> codec) implements EventCodec<E> {

    @Override
    public EncodedEvent encode(E event) {
        EncodedEvent encoded = codec.encode(event);
        String refusal = guard.refusal(aggregate, encoded.type(), encoded.version());
        if (refusal != null) {
            throw new NotYetReadableException(refusal);
        }
        return encoded;
    }

    @Override
    public List<E> decode(EncodedEvent stored) {
        return codec.decode(stored);
    }

    @Override
    public VersionRegistry versions() {
        return codec.versions();
    }
}
