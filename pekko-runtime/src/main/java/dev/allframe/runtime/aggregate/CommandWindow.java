package dev.allframe.runtime.aggregate;

import dev.allframe.store.CommandRecord;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last commands of one instance, by id. Belongs to one actor: changed and read by its thread alone.
 *
 * <p>An empty window is never changed: Pekko keeps the empty state of an actor and begins with the same object after every restart.
 */
final class CommandWindow {

    private final int limit;
    private final Map<String, CommandRecord> byId = new HashMap<>();
    private final ArrayDeque<CommandRecord> oldestFirst = new ArrayDeque<>();

    CommandWindow(int limit, List<CommandRecord> records) {
        this.limit = limit;
        records.subList(Math.max(0, records.size() - limit), records.size()).forEach(this::add);
    }

    @Nullable CommandRecord find(String commandId) {
        return byId.get(commandId);
    }

    /** The window that remembers one more: this one, or a new one where this is empty. */
    CommandWindow with(CommandRecord command) {
        if (limit == 0) {
            return this;
        }
        CommandWindow window = oldestFirst.isEmpty() ? new CommandWindow(limit, List.of()) : this;
        window.add(command);
        return window;
    }

    private void add(CommandRecord command) {
        if (oldestFirst.size() == limit) {
            byId.remove(oldestFirst.removeFirst().commandId());
        }
        byId.put(command.commandId(), command);
        oldestFirst.addLast(command);
    }

    List<CommandRecord> oldestFirst() {
        return List.copyOf(oldestFirst);
    }
}
