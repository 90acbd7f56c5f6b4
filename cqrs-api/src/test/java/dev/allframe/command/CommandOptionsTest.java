package dev.allframe.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CommandOptionsTest {

    @Test
    void a_time_limit_is_positive_and_at_most_a_day() {
        assertThat(CommandOptions.none().within(Duration.ofDays(1)).timeout()).isEqualTo(Duration.ofDays(1));
        assertThatThrownBy(() -> CommandOptions.none().within(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandOptions.none().within(Duration.ofDays(300)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout must be positive and at most PT24H, not PT7200H");
    }

    @Test
    void a_command_id_is_not_blank_and_not_long() {
        assertThat(CommandOptions.withCommandId("x".repeat(256)).commandId()).hasSize(256);
        assertThatThrownBy(() -> CommandOptions.withCommandId(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandOptions.withCommandId("x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a command id has at most 256 characters, not 257");
    }
}
