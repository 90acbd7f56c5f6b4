package dev.allframe.runtime;

import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.allframe.failure.Failures;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionType;
import dev.allframe.store.DeletedEventsException;
import dev.allframe.store.History;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked of a past whose events were deleted is refused, and no answer is made of what is left. */
final class DeletedPastTest {

    record Seen(long number) {}

    private static final ProjectionType<String, Seen> SEEN = ProjectionType
            .named("seen", version(1), String.class, Seen.class)
            .from(WALLET, (event, info) -> upsert(info.id(), new Seen(0), seen -> new Seen(seen.number() + 1)));

    private final AllFrame allFrame = AllFrame
            .standalone("deleted", ConfigFactory.parseString("allframe.storage = memory")
                    .withFallback(ConfigFactory.load()))
            .aggregate(WALLET)
            .projection(SEEN)
            .start();

    @BeforeEach
    void threeEventsOfWhichTheFirstIsDeleted() {
        pay("whole");
        pay("cut");
        pay("cut");
        var last = allFrame.commands().dispatchAndWait(WALLET, "cut", put(1)).orThrow();
        done(allFrame.view(SEEN).await(last.token(), Duration.ofSeconds(30)));
        delete("cut", 1);
    }

    @AfterEach
    void end() {
        allFrame.close();
    }

    private void pay(String id) {
        allFrame.commands().dispatchAndWait(WALLET, id, put(1)).orThrow();
    }

    private void delete(String id, long to) {
        done(allFrame.backend().deleteEventsTo(StreamId.of(WALLET.name(), id), to));
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void refused(ThrowingCallable asked, String why) {
        assertThatThrownBy(asked).satisfies(failed -> assertThat(Failures.unwrapped(failed))
                .isInstanceOf(DeletedEventsException.class)
                .hasMessageStartingWith(why));
    }

    @Test
    void an_instance_whose_first_events_were_deleted_has_no_known_states() {
        History<?> history = allFrame.history(WALLET, "cut");
        String why = "the first 1 records of wallet|cut were deleted, so that the states it had are not known";

        refused(() -> history.at(1), why);
        refused(() -> history.at(3), why);
        refused(() -> history.at(Instant.EPOCH), why);
        refused(history::now, why);
        assertThat(allFrame.history(WALLET, "whole").now().orElseThrow().sequenceNr()).isEqualTo(1);
        assertThat(allFrame.history(WALLET, "nobody").now()).isEmpty();
        delete("cut", 3);
        refused(history::now, "the first 3 records of wallet|cut were deleted");
    }

    @Test
    void a_view_of_the_past_is_refused_but_where_it_may_lack_what_was_deleted() {
        String why = "the first 1 records of wallet|cut were deleted, so that view 'seen' cannot be folded from the"
                + " beginning";

        refused(() -> done(allFrame.asOf(SEEN, AsOf.now())), why);
        refused(() -> done(allFrame.asOf(SEEN, AsOf.stored(Instant.EPOCH))), why);
        try (PastView<String, Seen> lacking = done(allFrame.asOf(SEEN, AsOf.now().acceptingDeletedEvents()))) {
            assertThat(lacking.get("cut")).contains(new Seen(2));
        }
    }

    @Test
    void verify_blames_no_handler_for_what_was_deleted() {
        refused(() -> done(allFrame.projections().verify("seen", 10, told -> {})),
                "the first 1 records of wallet|cut were deleted, so that view 'seen' cannot be folded");
        delete("cut", 3);
        refused(() -> done(allFrame.projections().verify("seen", 10, told -> {})),
                "the first 3 records of wallet|cut were deleted");
    }
}
