package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may be built when. */
final class BuildTurnsTest {

    private final BuildTurns turns = new BuildTurns();
    private final List<String> granted = new ArrayList<>();
    private final BuildTurns.Place one = turns.place(() -> granted.add("one"));
    private final BuildTurns.Place two = turns.place(() -> granted.add("two"));
    private final BuildTurns.Place three = turns.place(() -> granted.add("three"));

    @Test
    void one_is_built_at_a_time_in_the_order_of_asking() {
        assertThat(one.take()).isTrue();
        assertThat(one.take()).as("it has it already").isTrue();
        assertThat(three.take()).isFalse();
        assertThat(two.take()).isFalse();
        assertThat(three.take()).as("it waits already").isFalse();

        one.leave();
        assertThat(granted).containsExactly("three");
        assertThat(three.take()).isTrue();
        assertThat(two.take()).isFalse();
        three.leave();
        assertThat(granted).containsExactly("three", "two");
        two.leave();
        assertThat(one.take()).isTrue();
        assertThat(granted).as("nobody waited").hasSize(2);
    }

    @Test
    void whoever_leaves_while_it_waits_is_not_told() {
        assertThat(one.take()).isTrue();
        assertThat(two.take()).isFalse();
        assertThat(three.take()).isFalse();

        two.leave();
        two.leave();
        one.leave();
        one.leave();

        assertThat(granted).containsExactly("three");
        assertThat(one.take()).isFalse();
    }
}
