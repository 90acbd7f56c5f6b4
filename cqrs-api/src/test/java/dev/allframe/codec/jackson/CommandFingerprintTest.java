package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Command;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CommandFingerprintTest {

    record Pay(BigDecimal amount, Map<String, String> notes, Set<String> labels) implements Command {}

    record Refund(BigDecimal amount, Map<String, String> notes, Set<String> labels) implements Command {}

    @Test
    void it_is_the_same_on_every_node_and_after_every_start() {
        assertThat(CommandFingerprint.of(new Pay(new BigDecimal("1.50"), Map.of("a", "b"), Set.of("x"))))
                .isEqualTo("546eefe691f7ae29f59a395abc091885");
    }

    @Test
    void the_order_of_maps_and_sets_does_not_count() {
        Map<String, String> forwards = new LinkedHashMap<>();
        Map<String, String> backwards = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            forwards.put("k" + i, "v");
            backwards.put("k" + (9 - i), "v");
        }

        assertThat(CommandFingerprint.of(new Pay(BigDecimal.ONE, forwards, forwards.keySet())))
                .isEqualTo(CommandFingerprint
                        .of(new Pay(BigDecimal.ONE, backwards, new LinkedHashSet<>(backwards.keySet()))));
    }

    @Test
    void another_command_or_other_contents_have_another() {
        Pay pay = new Pay(BigDecimal.ONE, Map.of(), Set.of());

        assertThat(List.of(CommandFingerprint.of(pay),
                CommandFingerprint.of(new Refund(BigDecimal.ONE, Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(BigDecimal.TWO, Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(BigDecimal.ONE, Map.of(), Set.of("a"))))).doesNotHaveDuplicates();
    }

    /** As a rule sees it: it can print an amount, or compare it by {@link BigDecimal#equals}. */
    @Test
    void the_scale_of_a_decimal_counts_as_it_does_for_equals() {
        assertThat(List.of(CommandFingerprint.of(new Pay(new BigDecimal("1"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1.0"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1.00"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1E+2"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("100"), Map.of(), Set.of())))).doesNotHaveDuplicates();
        assertThat(CommandFingerprint.of(new Pay(new BigDecimal("1.00"), Map.of(), Set.of())))
                .isEqualTo(CommandFingerprint.of(new Pay(BigDecimal.valueOf(100, 2), Map.of(), Set.of())));
    }
}
