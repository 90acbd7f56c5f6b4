package dev.allframe.runtime.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What was written last is read as the same object; everything else is read. */
final class RecentFormsTest {

    private final RecentForms<String> recent = new RecentForms<>(4);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void what_was_written_is_not_read_again() {
        recent.keep("a", 1, bytes("x"), "written");

        assertThat(recent.of("a", 1, bytes("x"), () -> "read")).isEqualTo("written");
    }

    @Test
    void what_was_read_is_not_read_again() {
        assertThat(recent.of("a", 1, bytes("x"), () -> "read")).isEqualTo("read");
        assertThat(recent.of("a", 1, bytes("x"), () -> "read twice")).isEqualTo("read");
    }

    @Test
    void another_name_version_or_other_bytes_are_another_form() {
        recent.keep("a", 1, bytes("x"), "written");

        assertThat(recent.of("b", 1, bytes("x"), () -> "other name")).isEqualTo("other name");
        recent.keep("a", 1, bytes("x"), "written");
        assertThat(recent.of("a", 2, bytes("x"), () -> "other version")).isEqualTo("other version");
        recent.keep("a", 1, bytes("x"), "written");
        assertThat(recent.of("a", 1, bytes("y"), () -> "other bytes")).isEqualTo("other bytes");
    }

    @Test
    void forms_of_one_slot_push_each_other_out() {
        for (int i = 0; i < 100; i++) {
            String value = "v" + i;
            recent.keep("a", 1, bytes(value), value);
        }
        for (int i = 0; i < 100; i++) {
            String value = "v" + i;
            assertThat(recent.of("a", 1, bytes(value), () -> value)).isEqualTo(value);
        }
    }

    @Test
    void large_forms_are_not_kept() {
        byte[] large = new byte[RecentForms.LARGEST + 1];
        recent.keep("a", 1, large, "written");

        assertThat(recent.of("a", 1, large, () -> "read")).isEqualTo("read");
    }
}
