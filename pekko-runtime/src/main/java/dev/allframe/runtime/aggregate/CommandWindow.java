package dev.allframe.runtime.aggregate;

import dev.allframe.store.CommandRecord;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last commands of one instance, by id. Belongs to one actor: changed and read by its thread alone. */
final class CommandWindow {

    private final int limit;
    private final Map<String, CommandRecord> byId = new HashMap<>();
    private final ArrayDeque<CommandRecord> oldestFirst = new ArrayDeque<>();

    CommandWindow(int limit, List<CommandRecord> records) {
        this.limit = limit;
        records.forEach(this::remember);
    }

    @Nullable CommandRecord find(String commandId) {
        return byId.get(commandId);
    }

    void remember(CommandRecord command) {
        if (limit == 0) {
            return;
        }
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
