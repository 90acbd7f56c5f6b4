package dev.allframe.journal.allsource.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.StreamId;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class GroupTest {

    private final Group group = new Group(1_000);
    private final LogEntry entry = new LogEntry.EventsDeleted(new StreamId("account|1"), 1);

    /** As where there is no memory for one more number. */
    @Test
    void an_entry_that_cannot_be_noted_leaves_no_bytes() throws ReflectiveOperationException {
        group.add(entry);
        int bytes = group.bytes();
        Field ends = Group.class.getDeclaredField("ends");
        ends.setAccessible(true);
        Object enough = ends.get(group);
        ends.set(group, new int[0]);

        assertThatThrownBy(() -> group.add(entry)).isInstanceOf(ArrayIndexOutOfBoundsException.class);

        ends.set(group, enough);
        assertThat(group.size()).isOne();
        assertThat(group.bytes()).isEqualTo(bytes);
        group.add(entry);
        assertThat(group.bytes()).isEqualTo(2 * bytes);
    }

    @Test
    void an_entry_that_is_too_long_leaves_the_group_as_it_was() {
        group.add(entry);
        int bytes = group.bytes();
        LogEntry tooLong = new LogEntry.EventsDeleted(new StreamId("a|" + "1".repeat(2_000)), 1);

        assertThatThrownBy(() -> group.add(tooLong)).isInstanceOf(EntryTooLongException.class);

        assertThat(group.size()).isOne();
        assertThat(group.bytes()).isEqualTo(bytes);
    }
}
