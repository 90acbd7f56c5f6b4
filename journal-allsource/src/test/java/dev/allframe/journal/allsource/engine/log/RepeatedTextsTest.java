package dev.allframe.journal.allsource.engine.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepeatedTextsTest {

    private final RepeatedTexts texts = new RepeatedTexts(4);

    private String read(String text) {
        byte[] bytes = ("before" + text + "behind").getBytes(UTF_8);
        return texts.text(bytes, 6, text.getBytes(UTF_8).length);
    }

    @Test
    void a_text_that_comes_again_is_the_same_object() {
        for (String text : new String[]{"a", "account.deposited", "zürich", "日本語", "\uD83D\uDE00", "x".repeat(128)}) {
            assertThat(read(text)).isEqualTo(text).isSameAs(read(text));
        }
        assertThat(read("")).isEmpty();
    }

    @Test
    void a_long_text_is_made_anew() {
        String text = "x".repeat(129);

        assertThat(read(text)).isEqualTo(text).isNotSameAs(read(text));
    }

    @Test
    void texts_that_fall_on_one_place_are_not_taken_for_each_other() {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                text.append((char) ('a' + random.nextInt(2)));
            }
            assertThat(read(text.toString())).isEqualTo(text.toString());
        }
    }

    @Test
    void differences_between_the_pieces_that_are_looked_at_count() {
        String one = "12345678" + "a".repeat(50) + "12345678";
        String other = "12345678" + "a".repeat(10) + "b" + "a".repeat(39) + "12345678";

        assertThat(read(one)).isEqualTo(one);
        assertThat(read(other)).isEqualTo(other);
        assertThat(read(one)).isEqualTo(one);
    }

    @Test
    void places_are_a_power_of_two() {
        assertThatThrownBy(() -> new RepeatedTexts(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RepeatedTexts(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
