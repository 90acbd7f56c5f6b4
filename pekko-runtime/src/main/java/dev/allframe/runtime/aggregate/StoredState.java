package dev.allframe.runtime.aggregate;

import dev.allframe.store.Payload;
import java.util.List;

/**
 * A snapshot as it is stored: the aggregate's state and the commands that it remembers.
 *
 * @param type the stored name of the state, {@code account.state}
 * @param version the stored version of its shape
 * @param state the state as JSON text
 * @param commands the remembered commands, oldest first
 * @param forgottenUntil the latest time of a command that is not remembered any more, in epoch milliseconds; {@link Long#MIN_VALUE} for none
 */
public record StoredState(String type, int version, Payload state, List<RememberedCommand> commands,
        long forgottenUntil) {

    public StoredState {
        commands = List.copyOf(commands);
    }
}
