package dev.allframe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextFormTest {

    private static final String PIECES = "aZ09-._~/|: %+\u00e9\u65e5\n\u0000\ud83d\ude00\ud800";

    @Test
    void a_position_has_one_text() {
        Position position = new Position("memory-0a1b", 3, 2, 41);

        assertThat(position.asText()).isEqualTo("memory-0a1b/3/2/41");
        assertThat(Position.parse("memory-0a1b/3/2/41")).isEqualTo(position);
        assertThat(Position.START.asText()).isEqualTo("/0/0/0");
        assertThat(Position.parse("/0/0/0")).isEqualTo(Position.START);
    }

    @Test
    void a_token_has_one_text() {
        ConsistencyToken token = new ConsistencyToken("memory-0a1b", StreamId.of("account", "acc/1"), 7);

        assertThat(token.asText()).isEqualTo("memory-0a1b/account~007Cacc~002F1/7");
        assertThat(ConsistencyToken.parse(token.asText())).isEqualTo(token);
    }

    @Test
    void any_text_comes_back_and_all_are_ascii() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            String storeId = text(random);
            Position position = new Position(storeId, random.nextInt(), random.nextLong(), random.nextLong());
            ConsistencyToken token = new ConsistencyToken(storeId, new StreamId("s" + text(random)), random.nextLong());

            for (String text : List.of(position.asText(), token.asText())) {
                assertThat(text).as("test.seed=%s", seed).matches("[A-Za-z0-9._~/-]*");
            }
            assertThat(Position.parse(position.asText())).as("test.seed=%s", seed).isEqualTo(position);
            assertThat(ConsistencyToken.parse(token.asText())).as("test.seed=%s", seed).isEqualTo(token);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.append(PIECES.charAt(random.nextInt(PIECES.length())));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "start", "s/0/0", "s/0/0/x", "s/0/0/1/2", "s/0/0/+1", "s/00/0/1", "s/0/0/1 ",
            "s t/0/0/1",
            "s~7C/0/0/1", "s~007c/0/0/1", "s/2147483648/0/1", "s/0/0/", "~0061/0/0/1"})
    void what_no_position_gives_is_none(String text) {
        assertThatThrownBy(() -> Position.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no position");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s/t", "s//1", "s/t/x", "s/t/1/", "s/t|/1"})
    void what_no_token_gives_is_none(String text) {
        assertThatThrownBy(() -> ConsistencyToken.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no token");
    }
}
