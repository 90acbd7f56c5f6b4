package dev.allframe.runtime.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.CommandRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandWindowTest {

    private static RememberedCommand command(String id, long atMillis) {
        return new RememberedCommand(new CommandRecord(id, "f", new CommandRecord.Accepted(), 1, 1), atMillis);
    }

    @Test
    void commands_of_a_snapshot_are_forgotten_where_none_are_remembered_any_more() {
        CommandWindow window = new CommandWindow(0, null, List.of(command("c-1", 5), command("c-2", 7)),
                CommandWindow.NOTHING);

        assertThat(window.find("c-1", 8)).isNull();
        assertThat(window.oldestFirst()).isEmpty();
        assertThat(window.begins(8)).isEqualTo(7);
    }

    @Test
    void the_oldest_of_a_snapshot_are_forgotten_where_fewer_are_remembered_now() {
        CommandWindow window = new CommandWindow(1, null, List.of(command("c-1", 5), command("c-2", 7)),
                CommandWindow.NOTHING);

        assertThat(window.find("c-1", 8)).isNull();
        assertThat(window.find("c-2", 8)).isNotNull();
        assertThat(window.forgottenUntil()).isEqualTo(5);
    }
}
