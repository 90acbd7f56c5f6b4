package dev.allframe.journal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.DeleteSnapshotSuccess;
import org.apache.pekko.persistence.DeleteSnapshotsSuccess;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.SaveSnapshotFailure;
import org.apache.pekko.persistence.SaveSnapshotSuccess;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotProtocol;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.OptionConverters;

/** What a snapshot store plugin must do. Each test finds five snapshots, with the sequence numbers 11 to 15. */
public abstract class SnapshotStoreConformance extends PluginConformance {

    private static final long ANY_TIME = Long.MAX_VALUE;

    private final ActorRef store;
    private final List<SnapshotMetadata> saved = new ArrayList<>();
    private String id = "";

    /**
     * A suite for one plugin.
     *
     * @param config the configuration of the actor system, over the reference configurations on the class path
     * @param snapshotPluginId which snapshot store is tested
     */
    protected SnapshotStoreConformance(Config config, String snapshotPluginId) {
        super(config);
        store = Persistence.get(system).snapshotStoreFor(snapshotPluginId, ConfigFactory.empty());
    }

    @BeforeEach
    void saveFiveSnapshots() {
        id = freshId("snapshot");
        saved.clear();
        for (int i = 1; i <= 5; i++) {
            saved.add(save(new SnapshotMetadata(id, 10 + i, 0), "s-" + i));
        }
    }

    @Test
    void finds_nothing_for_an_unknown_id() {
        assertThat(load("unknown", latest(), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void finds_nothing_before_the_first_timestamp() {
        assertThat(load(id, upTo(Long.MAX_VALUE, 100), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void finds_nothing_below_the_first_sequence_number() {
        assertThat(load(id, upTo(7, ANY_TIME), Long.MAX_VALUE)).isEmpty();
        assertThat(load(id, latest(), 7)).isEmpty();
    }

    @Test
    void finds_the_last() {
        assertThat(load(id, latest(), Long.MAX_VALUE)).contains(new SelectedSnapshot(saved.get(4), "s-5"));
    }

    @Test
    void finds_the_last_up_to_a_sequence_number() {
        assertThat(load(id, upTo(13, ANY_TIME), Long.MAX_VALUE)).contains(new SelectedSnapshot(saved.get(2), "s-3"));
        assertThat(load(id, latest(), 13)).contains(new SelectedSnapshot(saved.get(2), "s-3"));
    }

    @Test
    void finds_the_last_up_to_a_sequence_number_and_a_timestamp() {
        long timestamp = saved.get(2).timestamp();

        assertThat(load(id, upTo(13, timestamp), Long.MAX_VALUE))
                .contains(new SelectedSnapshot(saved.get(2), "s-3"));
        assertThat(load(id, upTo(Long.MAX_VALUE, timestamp), 13)).contains(new SelectedSnapshot(saved.get(2), "s-3"));
    }

    @Test
    void finds_nothing_above_the_last_sequence_number() {
        assertThat(load(id, new SnapshotSelectionCriteria(Long.MAX_VALUE, ANY_TIME, 16, 0), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void deletes_one_by_its_sequence_number() {
        SnapshotMetadata third = new SnapshotMetadata(id, 13, 0);

        assertThat(ask(new SnapshotProtocol.DeleteSnapshot(third))).isEqualTo(new DeleteSnapshotSuccess(third));

        assertThat(load(id, upTo(13, ANY_TIME), Long.MAX_VALUE)).contains(new SelectedSnapshot(saved.get(1), "s-2"));
    }

    @Test
    void deletes_those_up_to_a_sequence_number_and_a_timestamp() {
        SnapshotSelectionCriteria firstThree = upTo(13, saved.get(2).timestamp());

        assertThat(ask(new SnapshotProtocol.DeleteSnapshots(id, firstThree)))
                .isEqualTo(new DeleteSnapshotsSuccess(firstThree));

        assertThat(load(id, firstThree, Long.MAX_VALUE)).isEmpty();
        assertThat(load(id, upTo(14, saved.get(3).timestamp()), Long.MAX_VALUE))
                .contains(new SelectedSnapshot(saved.get(3), "s-4"));
    }

    @Test
    void keeps_those_after_the_timestamp_of_a_delete() {
        SnapshotSelectionCriteria earlier = upTo(14, saved.get(3).timestamp() - 1);

        assertThat(ask(new SnapshotProtocol.DeleteSnapshots(id, earlier)))
                .isEqualTo(new DeleteSnapshotsSuccess(earlier));

        assertThat(load(id, upTo(14, saved.get(3).timestamp()), Long.MAX_VALUE))
                .contains(new SelectedSnapshot(saved.get(3), "s-4"));
    }

    @Test
    void replaces_one_with_the_same_sequence_number() {
        save(saved.get(4), "s-5 changed");

        assertThat(load(id, upTo(15, ANY_TIME), Long.MAX_VALUE)).hasValueSatisfying(found -> {
            assertThat(found.snapshot()).isEqualTo("s-5 changed");
            assertThat(found.metadata().sequenceNr()).isEqualTo(15);
        });
    }

    @Test
    void keeps_a_large_one() {
        String large = "0".repeat(1_000_000);

        save(new SnapshotMetadata(id, 100, 0), large);

        assertThat(load(id, latest(), Long.MAX_VALUE).orElseThrow().snapshot()).isEqualTo(large);
    }

    @Test
    void serializes_with_transport_information_and_keeps_the_serializers_manifest() {
        ActorPayload payload = new ActorPayload(new TestKit(system).getRef());

        save(new SnapshotMetadata(id, 100, 0), payload);

        assertThat(load(id, latest(), Long.MAX_VALUE).orElseThrow().snapshot()).isEqualTo(payload);
    }

    @Test
    void keeps_metadata() {
        save(new SnapshotMetadata(id, 100, 0).withMetadata("metadata"), "s");

        assertThat(OptionConverters.toJava(load(id, latest(), Long.MAX_VALUE).orElseThrow().metadata().metadata()))
                .contains("metadata");
    }

    @Test
    void fails_to_save_what_cannot_be_serialized_and_keeps_the_others() {
        assertThat(ask(new SnapshotProtocol.SaveSnapshot(new SnapshotMetadata(id, 100, 0), new Object())))
                .isInstanceOf(SaveSnapshotFailure.class);

        assertThat(load(id, latest(), Long.MAX_VALUE)).contains(new SelectedSnapshot(saved.get(4), "s-5"));
    }

    @Test
    void keeps_ids_apart() {
        String other = freshId("snapshot");
        save(new SnapshotMetadata(other, 1, 0), "other");

        ask(new SnapshotProtocol.DeleteSnapshots(id, latest()));

        assertThat(load(id, latest(), Long.MAX_VALUE)).isEmpty();
        assertThat(load(other, latest(), Long.MAX_VALUE).orElseThrow().snapshot()).isEqualTo("other");
    }

    private static SnapshotSelectionCriteria latest() {
        return upTo(Long.MAX_VALUE, ANY_TIME);
    }

    private static SnapshotSelectionCriteria upTo(long sequenceNr, long timestamp) {
        return new SnapshotSelectionCriteria(sequenceNr, timestamp, 0, 0);
    }

    private SnapshotMetadata save(SnapshotMetadata metadata, Object snapshot) {
        Object answer = ask(new SnapshotProtocol.SaveSnapshot(metadata, snapshot));
        assertThat(answer).isInstanceOf(SaveSnapshotSuccess.class);
        return ((SaveSnapshotSuccess) answer).metadata();
    }

    private Optional<SelectedSnapshot> load(String of, SnapshotSelectionCriteria criteria, long toSequenceNr) {
        Object answer = ask(new SnapshotProtocol.LoadSnapshot(of, criteria, toSequenceNr));
        assertThat(answer).isInstanceOf(SnapshotProtocol.LoadSnapshotResult.class);
        SnapshotProtocol.LoadSnapshotResult result = (SnapshotProtocol.LoadSnapshotResult) answer;
        assertThat(result.toSequenceNr()).isEqualTo(toSequenceNr);
        return OptionConverters.toJava(result.snapshot());
    }

    private Object ask(Object message) {
        TestKit probe = new TestKit(system);
        store.tell(message, probe.getRef());
        return probe.receiveOne(LONG);
    }
}
