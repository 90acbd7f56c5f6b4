package dev.allframe.runtime.reaction;

import static dev.allframe.runtime.reaction.Bells.BELL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.fold.Witness;
import dev.allframe.replay.ReplayType;
import dev.allframe.runtime.reaction.ReactionPositions.Claim;
import dev.allframe.runtime.reaction.ReactionPositions.Parked;
import dev.allframe.runtime.reaction.ReactionPositions.Stands;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where a reaction stands, as it was first stored. In the golden texts the store's id is STORE, the owner's OWNER. */
final class GoldenPositionTest {

    private static final StreamId STATE = StreamId.of(ReactionType.POSITIONS, "mails");

    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final ReactionPositions positions = new ReactionPositions(store,
            RegisteredReaction.of(ReactionType.named("mails")
                    .from(BELL, (event, info) -> CompletableFuture.completedFuture(null))
                    .fromStart()),
            Position.START);

    private String golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(GoldenPositionTest.class.getResourceAsStream("/golden/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().replace("STORE", store.storeId());
        }
    }

    private Claim claimed(String text) {
        store.upsertState(STATE, 1, Payload.json(text.getBytes(StandardCharsets.UTF_8)), "")
                .toCompletableFuture()
                .join();
        return positions.claim(List.of()).toCompletableFuture().join();
    }

    private Stands stands(boolean withWitness) {
        Position end = new Position(store.storeId(), 0, 0, 2);
        Bells bells = new Bells(store);
        bells.ring("a", 1);
        bells.ring("b", 1);
        return new Stands(end, 0,
                List.of(new Parked("bell|a", 1, Instant.parse("2026-03-01T10:00:00.123Z"), "no mail")),
                withWitness ? new Witness(StreamId.of("bell", "b"), 1, end, -637975392) : null, 0);
    }

    @Test
    void a_position_is_still_stored_so_and_read_again() throws IOException {
        Stands stands = stands(true);

        Claim claim = claimed(golden("reaction-v2.json"));

        assertThat(claim).isEqualTo(new Claim(2, stands));
        Payload stored = Objects
                .requireNonNull(store.getState(STATE).toCompletableFuture().join().orElseThrow().payload());
        assertThat(new String(stored.bytes(), StandardCharsets.UTF_8).replaceAll("\"owner\":\"[0-9a-f-]{36}\"",
                "\"owner\":\"OWNER\"")).isEqualTo(golden("reaction-v2.json"));
    }

    @Test
    void a_position_of_a_replay_is_still_stored_so_and_read_again() throws IOException {
        Stands stands = stands(true);
        ReactionPositions replay = new ReactionPositions(store,
                RegisteredReaction.of(ReplayType.named("mails")
                        .from(BELL, (event, info) -> CompletableFuture.completedFuture(null))),
                Position.START);
        store.upsertState(STATE, 1, Payload.json(golden("reaction-v3.json").getBytes(StandardCharsets.UTF_8)), "")
                .toCompletableFuture()
                .join();

        Claim claim = replay.claim(List.of()).toCompletableFuture().join();

        assertThat(claim).isEqualTo(
                new Claim(2, new Stands(stands.position(), 0, stands.parked(), stands.witness(), 17)));
        Payload stored = Objects
                .requireNonNull(store.getState(STATE).toCompletableFuture().join().orElseThrow().payload());
        assertThat(new String(stored.bytes(), StandardCharsets.UTF_8).replaceAll("\"owner\":\"[0-9a-f-]{36}\"",
                "\"owner\":\"OWNER\"")).isEqualTo(golden("reaction-v3.json"));
    }

    @Test
    void the_format_before_which_had_no_witness_is_read() throws IOException {
        Stands stands = stands(false);

        assertThat(claimed(golden("reaction-v1.json"))).isEqualTo(new Claim(2, stands));
    }
}
