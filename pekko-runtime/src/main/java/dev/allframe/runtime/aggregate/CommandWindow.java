package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.store.CommandRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last commands of one instance, by id: so many, and none that is too old. Belongs to one actor: changed and read
 * by its thread alone.
 *
 * <p>An empty window is never changed: Pekko keeps the empty state of an actor and begins with the same object after
 * every restart.
 */
final class CommandWindow {

    /** Nothing was ever forgotten. */
    static final long NOTHING = Long.MIN_VALUE;

    private final int limit;
    private final long maxAgeMillis;
    private final Map<String, RememberedCommand> byId = new HashMap<>();
    private final ArrayDeque<RememberedCommand> oldestFirst = new ArrayDeque<>();
    private long forgottenUntil;

    /**
     * A window with these commands, as many as it has room for.
     *
     * @param limit how many it remembers
     * @param maxAge for how long; null for no limit
     * @param commands oldest first
     * @param forgottenUntil the latest time, in epoch milliseconds, of a command that is forgotten already;
     *         {@link #NOTHING} for none
     */
    CommandWindow(int limit, @Nullable Duration maxAge, List<RememberedCommand> commands, long forgottenUntil) {
        this(limit, maxAge == null ? Long.MAX_VALUE : maxAge.toMillis(), commands, forgottenUntil);
    }

    /** The window of an instance of a type. */
    static CommandWindow of(AggregateType<?, ?, ?> type, List<RememberedCommand> commands, long forgottenUntil) {
        return new CommandWindow(type.rememberedCommands(), type.rememberedTime(), commands, forgottenUntil);
    }

    private CommandWindow(int limit, long maxAgeMillis, List<RememberedCommand> commands, long forgottenUntil) {
        this.limit = limit;
        this.maxAgeMillis = maxAgeMillis;
        this.forgottenUntil = forgottenUntil;
        commands.forEach(this::add);
    }

    /** The command with an id, unless it is forgotten. */
    @Nullable CommandRecord find(String commandId, long nowMillis) {
        RememberedCommand found = byId.get(commandId);
        return found == null || isOld(found, nowMillis) ? null : found.record();
    }

    private boolean isOld(RememberedCommand command, long nowMillis) {
        return nowMillis - command.atMillis() > maxAgeMillis;
    }

    /**
     * What was issued at this time, in epoch milliseconds, or before may be forgotten; {@link #NOTHING} where all is
     * remembered.
     */
    long begins(long nowMillis) {
        return maxAgeMillis == Long.MAX_VALUE ? forgottenUntil : Math.max(forgottenUntil, nowMillis - maxAgeMillis - 1);
    }

    /** The window that remembers one more: this one, or a new one where this is empty. */
    CommandWindow with(RememberedCommand command) {
        if (limit == 0) {
            return this;
        }
        CommandWindow window = oldestFirst.isEmpty()
                ? new CommandWindow(limit, maxAgeMillis, List.of(), forgottenUntil)
                : this;
        window.add(command);
        return window;
    }

    private void add(RememberedCommand command) {
        if (limit == 0) { // a snapshot has commands that are not to be remembered any more
            forgottenUntil = Math.max(forgottenUntil, command.atMillis());
            return;
        }
        while (oldestFirst.size() >= limit
                || (!oldestFirst.isEmpty() && isOld(oldestFirst.getFirst(), command.atMillis()))) {
            RememberedCommand forgotten = oldestFirst.removeFirst();
            byId.remove(forgotten.record().commandId(), forgotten);
            forgottenUntil = Math.max(forgottenUntil, forgotten.atMillis());
        }
        byId.put(command.record().commandId(), command);
        oldestFirst.addLast(command);
    }

    List<RememberedCommand> oldestFirst() {
        return List.copyOf(oldestFirst);
    }

    /** The latest time of a command that was put out, in epoch milliseconds; {@link #NOTHING} for none. */
    long forgottenUntil() {
        return forgottenUntil;
    }
}
