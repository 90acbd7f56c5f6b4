package dev.allframe.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

final class FailuresTest {

    /** As users write them: its message comes from a field that is not set yet. */
    private static final class Unspeakable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message can be made");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("nor a cause");
        }
    }

    @Test
    void a_failure_without_a_message_is_named_by_its_class() {
        assertThat(Failures.message(new ClosedByInterruptException()))
                .isEqualTo("java.nio.channels.ClosedByInterruptException");
        assertThat(Failures.message(new IOException("  "))).isEqualTo("java.io.IOException");
        assertThat(Failures.description(new IOException())).isEqualTo("java.io.IOException");
        assertThat(Failures.description(new IOException("No space"))).isEqualTo("java.io.IOException: No space");
    }

    @Test
    void the_message_of_a_cause_stands_in_for_one_that_is_missing() {
        assertThat(Failures.message(new IllegalStateException(null, new IOException("No space"))))
                .isEqualTo("No space");
    }

    @Test
    void a_failure_that_throws_when_it_is_asked_is_named_by_its_class() {
        assertThat(Failures.message(new Unspeakable())).isEqualTo(Unspeakable.class.getName());
        assertThat(Failures.description(new Unspeakable())).isEqualTo(Unspeakable.class.getName());
    }

    @Test
    void what_happened_to_a_file_is_said() {
        assertThat(Failures.message(new NoSuchFileException("/bank"))).isEqualTo("no such file: /bank");
        assertThat(Failures.message(new FileAlreadyExistsException("/bank"))).isEqualTo("file already exists: /bank");
        assertThat(Failures.message(new AccessDeniedException("/bank"))).isEqualTo("access denied: /bank");
        assertThat(Failures.message(new FileSystemException("/bank"))).isEqualTo("file: /bank");
        assertThat(Failures.message(new FileSystemException("/bank", null, "Not a directory")))
                .isEqualTo("/bank: Not a directory");
        assertThat(Failures.description(new NoSuchFileException("/bank")))
                .isEqualTo("java.nio.file.NoSuchFileException: no such file: /bank");
    }

    @Test
    void a_failure_of_ours_is_described_by_its_sentence_alone_however_it_is_wrapped() {
        StoreFullException full = new StoreFullException("the disk is full: no room");

        assertThat(Failures.description(full)).isEqualTo("the disk is full: no room");
        assertThat(Failures.description(new CompletionException(full))).isEqualTo("the disk is full: no room");
        assertThat(Failures.description(new IllegalStateException(new IOException(full))))
                .isEqualTo("the disk is full: no room");
        assertThat(Failures.message(new IllegalStateException(new IOException(full))))
                .isEqualTo("the disk is full: no room");
        assertThat(Failures.description(new CompletionException(new IOException("No space"))))
                .isEqualTo("java.io.IOException: No space");
    }

    @Test
    void causes_that_are_each_others_end() {
        IOException one = new IOException("one");
        IllegalStateException two = new IllegalStateException("two", one);
        one.initCause(two);

        assertThat(Failures.chain(one)).containsExactly(one, two);
    }

    @Test
    void what_stages_and_futures_wrap_around_a_failure_is_taken_off() {
        IOException failure = new IOException("No space");

        assertThat(Failures.unwrapped(new CompletionException(new ExecutionException(failure)))).isSameAs(failure);
        assertThat(Failures.unwrapped(failure)).isSameAs(failure);
        CompletionException alone = new CompletionException("alone", null);
        assertThat(Failures.unwrapped(alone)).isSameAs(alone);
    }
}
