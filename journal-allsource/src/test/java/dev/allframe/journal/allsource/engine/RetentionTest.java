package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.upkeep.RetentionRule;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class RetentionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Payload PAYLOAD = Payload.json("{}".getBytes(StandardCharsets.UTF_8));

    private final CompactedStore.KeptTables tables = new CompactedStore.KeptTables();
    private final MemoryDisk disk = new MemoryDisk();
    private EngineBackend store = open(RetentionRule.of("session", DAY.multipliedBy(90)),
            RetentionRule.of("visit", DAY.multipliedBy(30)).withoutSnapshotToo());

    private EngineBackend open(RetentionRule... rules) {
        EngineConfig config = EngineConfig.defaults()
                .withLog(WalConfig.defaults().withSegmentBytes(1 << 20))
                .withCacheBytes(1 << 20)
                .withSealAfter(Duration.ofHours(1))
                .withQuiet(Duration.ofHours(1))
                .withRetention(List.of(rules));
        return new EngineBackend(Engine.open(disk, Path.of("/store"), tables, config,
                Clock.fixed(NOW, ZoneOffset.UTC), "a test"), "fsync");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void append(String stream, int daysAgo, int count) {
        Envelope event = Envelope.of("noted", 1, PAYLOAD, Set.of(),
                EventMetadata.at(NOW.minus(DAY.multipliedBy(daysAgo))), null);
        for (int i = 0; i < count; i++) {
            Stages.get(store.append(
                    new Append(new StreamId(stream), ExpectedVersion.any(), "writer", List.of(event))));
        }
    }

    private void snapshot(String stream, long sequenceNr) {
        Stages.get(store.saveSnapshot(new Snapshot(new StreamId(stream), sequenceNr, NOW, PAYLOAD, null)));
    }

    private List<Long> numbers(String stream) {
        return Stages.get(store.getEvents(new StreamId(stream), 1, Long.MAX_VALUE, 100))
                .stream()
                .map(StoredEvent::sequenceNr)
                .toList();
    }

    @Test
    void old_events_that_a_snapshot_covers_go() {
        append("session|1", 100, 5);
        append("session|2", 100, 5);
        append("session|3", 100, 5);
        Stages.get(store.flush());
        append("session|1", 10, 2);
        append("session|2", 10, 2);
        snapshot("session|1", 6);
        snapshot("session|2", 3);

        Stages.get(store.compact());

        assertThat(numbers("session|1")).containsExactly(6L, 7L);
        assertThat(numbers("session|2")).containsExactly(4L, 5L, 6L, 7L);
        assertThat(numbers("session|3")).as("without a snapshot").hasSize(5);
        assertThat(Stages.get(store.highestSequenceNr(new StreamId("session|1")))).isEqualTo(7);
    }

    @Test
    void old_events_without_a_snapshot_go_where_the_rule_says_so() {
        append("visit|1", 31, 3);
        Stages.get(store.flush());
        append("visit|1", 29, 1);
        Stages.get(store.flush());

        Stages.get(store.compact());

        assertThat(numbers("visit|1")).containsExactly(4L);
        assertThat(store.stats().tiers().segments()).as("rows are removed").isOne();
        assertThat(store.stats().events()).isOne();
    }

    @Test
    void what_no_rule_names_stays() {
        append("visit", 1000, 1);
        append("visits|1", 1000, 1);
        append("visi|1", 1000, 1);
        append("visit|", 31, 1);
        append("visit}|1", 1000, 1);
        Stages.get(store.flush());

        Stages.get(store.compact());

        for (String stream : List.of("visit", "visits|1", "visi|1", "visit}|1")) {
            assertThat(numbers(stream)).as(stream).containsExactly(1L);
        }
    }

    @Test
    void what_is_not_sealed_stays() {
        append("visit|1", 31, 3);

        Stages.get(store.compact());

        assertThat(numbers("visit|1")).hasSize(3);
    }

    @Test
    void a_store_applies_its_rules_without_being_asked() {
        append("visit|1", 31, 3);
        Stages.get(store.flush());
        store.close();

        store = open(RetentionRule.of("visit", DAY).withoutSnapshotToo());

        await().untilAsserted(() -> assertThat(numbers("visit|1")).isEmpty());
    }

    @Test
    void rules_are_checked() {
        assertThatThrownBy(() -> RetentionRule.of("", DAY)).hasMessageContaining("name of an aggregate");
        assertThatThrownBy(() -> RetentionRule.of("visit", Duration.ZERO)).hasMessageContaining("PT1S or longer");
    }
}
