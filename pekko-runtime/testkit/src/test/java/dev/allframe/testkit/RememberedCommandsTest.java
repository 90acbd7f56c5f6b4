package dev.allframe.testkit;

import static dev.allframe.command.CommandOptions.withCommandId;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What an instance remembers of commands survives passivation, snapshots and the deletion of events, for a stated time.
 */
@Guarantee("G5")
final class RememberedCommandsTest {

    sealed interface Turn extends Command {
        record By(int degrees) implements Turn {}
    }

    @Stored("turned")
    record Turned(int degrees) implements Event {}

    @Stored("state")
    record Dial(int degrees) {}

    /** Turns clockwise; does not turn back, and by 0 changes nothing. */
    private static final class Dials implements Aggregate<Turn, Turned, Dial> {

        @Override
        public Dial initialState() {
            return new Dial(0);
        }

        @Override
        public Decision<Turned> decide(Dial dial, Turn command) {
            int degrees = ((Turn.By) command).degrees();
            if (degrees == 0) {
                return Decision.noChange();
            }
            return degrees < 0 ? Decision.refuse("back") : Decision.persist(new Turned(degrees));
        }

        @Override
        public Dial evolve(Dial dial, Turned event) {
            return new Dial(dial.degrees() + event.degrees());
        }
    }

    private static final AggregateType<Turn, Turned, Dial> DIAL = AggregateType
            .named("dial", Turn.class, Turned.class, Dial.class, new Dials())
            .snapshotEvery(2)
            .rememberCommands(4)
            .rememberCommandsFor(Duration.ofDays(7))
            .rememberRefusals();

    @RegisterExtension
    static final AllFrameTestKit KIT = AllFrameTestKit.of(DIAL);

    private static CommandResult<Turned> turn(String id, int degrees, String commandId) {
        return KIT.send(DIAL, id, new Turn.By(degrees), withCommandId(commandId));
    }

    private static CommandResult<Turned> voided(String id, String commandId) {
        return KIT.commands().voidCommand(DIAL, id, commandId).toCompletableFuture().join();
    }

    @Test
    void every_outcome_survives_passivation_and_a_snapshot() {
        CommandResult<Turned> accepted = turn("all", 10, "accepted");
        CommandResult<Turned> refused = turn("all", -10, "refused");
        CommandResult<Turned> unchanged = turn("all", 0, "unchanged");
        CommandResult<Turned> voided = voided("all", "voided");

        for (int passivation = 0; passivation < 2; passivation++) {
            KIT.passivateAll();

            assertThat(turn("all", 10, "accepted")).isEqualTo(accepted);
            assertThat(turn("all", -10, "refused")).isEqualTo(refused).isInstanceOf(CommandResult.Refused.class);
            assertThat(turn("all", 0, "unchanged")).isEqualTo(unchanged).isInstanceOf(CommandResult.Accepted.class);
            assertThat(turn("all", 30, "voided")).isEqualTo(voided)
                    .isEqualTo(new CommandResult.Failed<Turned>(new CommandError.Voided("voided")));
        }
        assertThat(KIT.events(DIAL, "all")).containsExactly(new Turned(10));
    }

    @Test
    void a_repeat_is_recognised_after_its_events_are_deleted() {
        CommandResult.Accepted<Turned> first = turn("deleted", 10, "first").orThrow();
        turn("deleted", 20, "second").orThrow();
        KIT.passivateAll(); // the snapshot of both is there
        KIT.allFrame().backend().deleteEventsTo(StreamId.of("dial", "deleted"), 2).toCompletableFuture().join();

        CommandResult.Accepted<Turned> again = turn("deleted", 10, "first").orThrow();

        assertThat(again.events()).isEmpty();
        assertThat(again.deletedEvents()).isEqualTo(1);
        assertThat(again.sequenceNr()).isEqualTo(1);
        assertThat(again.token()).isEqualTo(first.token());
        assertThat(turn("deleted", 5, "third").orThrow().sequenceNr()).isEqualTo(3);
    }

    @Test
    void a_command_is_forgotten_after_the_stated_time_and_not_before() {
        Instant issued = KIT.clock().instant();
        turn("aged", 10, "old").orThrow();
        KIT.advance(Duration.ofDays(7));
        assertThat(turn("aged", 10, "old").orThrow().sequenceNr()).as("remembered").isEqualTo(1);
        KIT.advance(Duration.ofSeconds(1));

        CommandResult<Turned> late = KIT.send(DIAL, "aged", new Turn.By(10), withCommandId("old").issuedAt(issued));

        assertThat(late).isEqualTo(new CommandResult.Failed<Turned>(new CommandError.WindowExpired("old", issued,
                KIT.clock().instant().minus(Duration.ofDays(7)).minusMillis(1))));
        assertThat(turn("aged", 10, "old").orThrow().sequenceNr()).as("without its age it is executed again")
                .isEqualTo(2);
    }

    @Test
    void what_was_forgotten_stays_known_after_a_snapshot() {
        Instant issued = KIT.clock().instant();
        for (int i = 0; i < 8; i++) {
            KIT.advance(Duration.ofMinutes(1));
            turn("many", 1, "c-" + i).orThrow();
        }
        KIT.passivateAll();

        CommandResult<Turned> late = KIT.send(DIAL, "many", new Turn.By(1), withCommandId("c-0").issuedAt(issued));

        assertThat(late).isInstanceOfSatisfying(CommandResult.Failed.class,
                failed -> assertThat(failed.error()).isInstanceOf(CommandError.WindowExpired.class));
        assertThat(KIT.events(DIAL, "many")).hasSize(8);
    }
}
