package dev.allframe.runtime.aggregate;

import dev.allframe.codec.EncodedState;
import java.util.List;

/**
 * A snapshot as it is stored: the aggregate's state and the commands that it remembers.
 *
 * @param state the state as JSON text, with its stored name, version and shape
 * @param commands the remembered commands, oldest first
 * @param forgottenUntil the latest time of a command that is not remembered any more, in epoch milliseconds;
 *         {@link Long#MIN_VALUE} for none
 */
public record StoredState(EncodedState state, List<RememberedCommand> commands, long forgottenUntil) {

    public StoredState {
        commands = List.copyOf(commands);
    }
}
