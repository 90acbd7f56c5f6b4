package dev.allframe.runtime.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.runtime.saga.CallSlots.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets a slot, and who is told that there is none. */
final class CallSlotsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CallSlots slots = new CallSlots(2);
    private final List<Slot> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> refused = Collections.synchronizedList(new ArrayList<>());

    private void take(String name) {
        slots.take(new CallSlots.Taker() {
            @Override
            public void call(Slot slot) {
                calls.add(slot);
            }

            @Override
            public void noRoom() {
                refused.add(name);
            }
        });
    }

    @Test
    void a_call_that_hangs_has_its_slot_until_it_ends() {
        take("one");
        take("two");
        calls.get(0).hangs();
        take("three");

        assertThat(calls).hasSize(2);
        assertThat(refused).isEmpty();
        calls.get(0).ended();
        calls.get(0).ended();
        await().atMost(PATIENCE).until(() -> calls.size() == 3);
        take("four");
        assertThat(calls).hasSize(3);
    }

    @Test
    void nobody_waits_while_all_slots_are_of_calls_that_hang() {
        take("one");
        take("two");
        take("three");
        calls.get(0).hangs();
        calls.get(0).hangs();
        assertThat(refused).isEmpty();

        calls.get(1).hangs();
        await().atMost(PATIENCE).until(() -> refused.equals(List.of("three")));
        take("four");

        assertThat(refused).containsExactly("three", "four");
        calls.get(1).ended();
        calls.get(1).hangs();
        take("five");
        assertThat(calls).hasSize(3);
        assertThat(refused).hasSize(2);
    }
}
