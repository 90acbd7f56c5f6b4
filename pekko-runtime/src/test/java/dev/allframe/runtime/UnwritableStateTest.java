package dev.allframe.runtime;

import static dev.allframe.aggregate.Decision.persist;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Refusal;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedState;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.aggregate.RememberedCommand;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.runtime.serialization.StateSerializer;
import dev.allframe.store.CommandRecord;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** What could not be read again is refused before anything of it is stored: events, and the states of snapshots. */
final class UnwritableStateTest {

    record Divide(double by, BigInteger huge) implements Command {}

    @Stored("divided")
    record Divided(float by, BigInteger huge) implements Event {}

    @Stored("quotient")
    record Quotient(double value, BigInteger huge) {}

    private static final AggregateType<Divide, Divided, Quotient> NUMBER = AggregateType
            .named("number", Divide.class, Divided.class, Quotient.class, new Aggregate<>() {
                @Override
                public Quotient initialState() {
                    return new Quotient(1, BigInteger.ONE);
                }

                @Override
                public Decision<Divided> decide(Quotient quotient, Divide command) {
                    return persist(new Divided((float) command.by(), command.huge()));
                }

                @Override
                public Quotient evolve(Quotient quotient, Divided event) {
                    return new Quotient(quotient.value() / event.by(), event.huge());
                }
            })
            .snapshotEvery(2);

    @Test
    void a_command_whose_event_or_snapshot_could_not_be_read_again_is_refused_and_stores_nothing() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "unwritable",
                ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load()));
        BigInteger huge = BigInteger.TWO.pow(4_000);
        try {
            try (AllFrame allFrame = AllFrame.on(system).aggregate(NUMBER).start()) {
                assertThat(divide(allFrame, 2, huge).orThrow().sequenceNr()).isEqualTo(1);

                assertThat(errorOf(divide(allFrame, Double.NaN, huge))).isInstanceOf(CommandError.Unwritable.class);
                assertThat(errorOf(divide(allFrame, 0, huge))).isInstanceOf(CommandError.Unwritable.class)
                        .extracting(CommandError::message)
                        .asString()
                        .contains("JSON has no number Infinity");
                assertThat(divide(allFrame, 4, huge).orThrow().sequenceNr()).isEqualTo(2);
            }
            try (AllFrame allFrame = AllFrame.on(system).aggregate(NUMBER).start()) {
                assertThat(divide(allFrame, 1, huge).orThrow().sequenceNr()).as("it recovers").isEqualTo(3);
            }
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get();
        }
    }

    private static CommandResult<Divided> divide(AllFrame allFrame, double by, BigInteger huge) {
        return allFrame.commands().dispatchAndWait(NUMBER, "n", new Divide(by, huge));
    }

    private static CommandError errorOf(CommandResult<Divided> result) {
        return ((CommandResult.Failed<Divided>) result).error();
    }

    @Test
    void a_snapshot_keeps_its_state_byte_for_byte_and_commands_of_any_size() {
        String json = "{ \"zero\":-0.0,\"exact\":1.10,\"huge\":" + "7".repeat(2_000) + ",\"" + "n".repeat(60_000)
                + "\":\"" + "v".repeat(21_000_000) + "\"}";
        RememberedCommand command = new RememberedCommand(new CommandRecord("c", "f",
                new CommandRecord.Refused(new Refusal("no", "\uD83D\uDE00", Map.of("n".repeat(60_000), "x"))), 1, 2),
                3);
        StoredState stored = new StoredState(
                new EncodedState("number.quotient", 1, null, json.getBytes(StandardCharsets.UTF_8)), List.of(command),
                Long.MIN_VALUE);
        StateSerializer serializer = new StateSerializer();

        StoredState read = (StoredState) serializer.fromBinary(serializer.toBinary(stored), "number.quotient");

        assertThat(new String(read.state().bytes(), StandardCharsets.UTF_8)).isEqualTo(json);
        assertThat(read.commands()).containsExactly(command);
        assertThat(read.forgottenUntil()).isEqualTo(Long.MIN_VALUE);
        assertThat(read.state().shape()).isNull();
    }
}
