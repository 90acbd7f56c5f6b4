package dev.allframe.sample.bank.killed;

import static dev.allframe.sample.bank.killed.Purses.PERSON;
import static dev.allframe.sample.bank.killed.Purses.PURSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A reaction whose effect is a line in a file, which stays when the process is killed. */
final class Notes {

    static final String NAME = "notes";

    private final Path file;

    Notes(Path file) {
        this.file = file;
    }

    ReactionType reaction() {
        return ReactionType.named(NAME)
                .from(PURSE, (event, info) -> note(info))
                .from(PERSON, (event, info) -> note(info))
                .fromStart();
    }

    private CompletionStage<Void> note(ReactionInfo info) {
        try {
            Files.writeString(file, info.idempotencyKey() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return CompletableFuture.completedFuture(null);
        } catch (IOException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    /** Every stored event has had its effect, those of a stream in their order; nothing may be appended meanwhile. */
    void mustHaveAll(AllFrame purses) {
        Map<String, Set<String>> noted = new HashMap<>();
        try {
            for (String key : Files.readString(file, StandardCharsets.UTF_8).split("\n", -1)) {
                noted.computeIfAbsent(key.split("#", -1)[0], stream -> new LinkedHashSet<>()).add(key);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Map<String, List<String>> stored = new HashMap<>();
        try (var ofPurses = purses.eventStore(PURSE).streamAllEvents(Position.START);
                var ofPersons = purses.eventStore(PERSON).streamAllEvents(Position.START)) {
            ofPurses.forEach(event -> add(stored, event));
            ofPersons.forEach(event -> add(stored, event));
        }
        stored.forEach((stream, keys) -> assertThat(noted.getOrDefault(stream, Set.of())).as(stream)
                .containsExactlyElementsOf(keys));
    }

    private static void add(Map<String, List<String>> stored, RecordedEvent<?> event) {
        stored.computeIfAbsent(event.stream().toString(), stream -> new ArrayList<>())
                .add(event.stream() + "#" + event.sequenceNr());
    }
}
