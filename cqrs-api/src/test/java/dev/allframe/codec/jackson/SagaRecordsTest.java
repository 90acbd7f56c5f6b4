package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.saga.SagaDecision;
import dev.allframe.saga.machine.AwaitedKey;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.EffectId;
import dev.allframe.saga.machine.Halt;
import dev.allframe.saga.machine.NextSaga;
import dev.allframe.saga.machine.Outcome;
import dev.allframe.saga.machine.Retry;
import dev.allframe.saga.machine.Run;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaMachine;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.SettleReason;
import dev.allframe.saga.machine.StepState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The stored forms of sagas: they stay readable for ever. */
final class SagaRecordsTest {

    private static final Instant AT = Instant.parse("2030-01-01T00:00:00.123Z");
    private static final StoredValue CONTEXT = new StoredValue("transfer.context", 1,
            JsonObject.of("{\"amount\":1.50}"));
    private static final StoredValue ANSWER = new StoredValue("transfer.answer", 2, JsonObject.of("{\"text\":\"é\"}"));
    private static final NextSaga NEXT = new NextSaga("next", 2, "n-1", CONTEXT);
    private static final Map<String, String> USER = Map.of("user", "ann");

    private static final List<SagaEvent> EVENTS = List.of(
            new SagaEvent.Started(AT, "transfer", 1, "t-1", "0f", CONTEXT,
                    List.of(new AwaitedKey("wait", "account.opened", "k")), "c", "d", USER, AT),
            new SagaEvent.StepBegun(AT, "reserve", Direction.DO, 1, "acc-1", "saga/transfer/t-1/reserve/do/1", AT,
                    Duration.ofSeconds(10), AT, 0, 0, false, true, null),
            new SagaEvent.StepBegun(AT, "sleep", Direction.UNDO, 2, null, "", AT, Duration.ofMillis(1), AT, 3, 4, true,
                    false, AT),
            new SagaEvent.AttemptFailed(AT, "reserve", Direction.DO, 1, "timeout", "late", false, AT, Retry.ATTEMPT),
            new SagaEvent.StepDone(AT, "reserve", 1, true, false, true, List.of(ANSWER), CONTEXT,
                    List.of(new AwaitedKey("wait", "account.opened", "k"))),
            new SagaEvent.StepDone(AT, "reserve", 1, false, true, false, List.of(), null, List.of()),
            new SagaEvent.StepNotDone(AT, "reserve", 1, "closed", ""),
            new SagaEvent.StepSkipped(AT, "reserve"),
            new SagaEvent.EventReceived(AT, "wait", "k", "account|acc-1#7", ANSWER),
            new SagaEvent.EventReceived(AT, "wait", "k", "account|acc-1#7", null),
            new SagaEvent.Settling(AT, "reserve", Direction.DO, 1, SettleReason.TIMEOUT, "timeout", ""),
            new SagaEvent.TurnedBack(AT, "closed", ""),
            new SagaEvent.Undone(AT, "reserve", 1),
            new SagaEvent.Stuck(AT, "reserve", "closed", ""),
            new SagaEvent.Completed(AT, NEXT),
            new SagaEvent.Completed(AT, null),
            new SagaEvent.SuccessorStarted(AT),
            new SagaEvent.Compensated(AT),
            new SagaEvent.Parked(AT, Halt.UNDECIDED, "reserve", "unknown", ""),
            new SagaEvent.Decided(AT, SagaDecision.TURN_BACK, "olga", "looked at it"));

    private static final SagaState STATE = new SagaState(SagaState.Phase.SETTLING,
            new SagaState.Begun("transfer", 1, "t-1", "0f", CONTEXT, null, null, USER, AT, AT), CONTEXT,
            List.of(new StepState("reserve", StepState.Status.DONE, 1, true, true, List.of(ANSWER),
                    new StepState.Undoing(1, "acc-1", AT))),
            new Run("credit", Direction.DO, 1, "acc-2", "key", AT, Duration.ofSeconds(5), AT, 1, 2, 3, true, false, AT,
                    false, new Run.Finding(SettleReason.REFUSAL, AT, 1), "closed", "", null, new Run.Lost(2, AT)),
            List.of(new AwaitedKey("wait", "account.opened", "k")),
            List.of(new SagaState.Received("wait", "k", "account|acc-1#7", ANSWER)), true, "why",
            new SagaState.HaltedAt(Halt.STEP, "credit"), NEXT, AT);

    private final JacksonEventCodec<SagaEvent> events = JacksonEventCodec
            .of(SagaMachine.type((name, version) -> Optional.empty()));
    private final JacksonStateCodec<SagaState> states = JacksonStateCodec
            .of(SagaMachine.type((name, version) -> Optional.empty()));

    /** The stored bytes of version 1: name, version and contents of a record a line, and the state. */
    private static String golden() throws IOException {
        try (InputStream file = SagaRecordsTest.class.getResourceAsStream("/golden/saga-v1/records.txt")) {
            return text(Objects.requireNonNull(file).readAllBytes());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void the_bytes_of_version_1_are_written() throws IOException {
        String written = EVENTS.stream()
                .map(events::encode)
                .map(encoded -> encoded.type() + " " + encoded.version() + " " + text(encoded.bytes()))
                .collect(Collectors.joining("\n"));
        EncodedState state = states.encode(STATE);

        assertThat(written + "\n" + state.type() + " " + state.version() + " " + text(state.bytes()) + "\n")
                .isEqualTo(golden());
    }

    @Test
    void the_bytes_of_version_1_are_read() throws IOException {
        List<String> lines = golden().lines().toList();
        List<SagaEvent> read = lines.subList(0, EVENTS.size())
                .stream()
                .map(line -> line.split(" ", 3))
                .flatMap(parts -> events.decode(new EncodedEvent(parts[0], Integer.parseInt(parts[1]),
                        parts[2].getBytes(StandardCharsets.UTF_8))).stream())
                .toList();
        String[] state = lines.getLast().split(" ", 3);

        assertThat(read).isEqualTo(EVENTS);
        assertThat(states.decode(new EncodedState(state[0], Integer.parseInt(state[1]),
                states.encode(STATE).shape(), state[2].getBytes(StandardCharsets.UTF_8)))).isEqualTo(STATE);
    }

    @Test
    void each_record_is_pinned() {
        assertThat(EVENTS.stream().map(Object::getClass).distinct().map(Class::getSimpleName))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(SagaEvent.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
        assertThat(Arrays.stream(SagaEvent.class.getPermittedSubclasses())
                .map(type -> type.getAnnotation(Stored.class).value())).doesNotHaveDuplicates();
    }

    @Test
    void another_tool_reads_contexts_and_outputs_as_objects() throws IOException {
        ObjectMapper plain = new ObjectMapper();
        JsonNode started = plain.readTree(events.encode(EVENTS.getFirst()).bytes());
        JsonNode done = plain.readTree(events.encode(EVENTS.get(4)).bytes());

        assertThat(started.at("/context/data/amount").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(started.at("/awaited/0/key").textValue()).isEqualTo("k");
        assertThat(done.at("/output/0/data/text").textValue()).isEqualTo("é");
    }

    @Test
    void each_command_is_read_again_from_a_message() throws IOException {
        EffectId effect = new EffectId("reserve", Direction.UNDO, 2, 3, true);
        List<Outcome> outcomes = List.of(new Outcome.Done(true, List.of(ANSWER)), new Outcome.Refused("no", "m"),
                new Outcome.NotDone("no", "m", true), new Outcome.Postponed("no", "m"), new Outcome.Unkept(true, "m"),
                new Outcome.Unanswered("no", "m"), new Outcome.MustSettle(SettleReason.CONFLICT, "no", "m"),
                new Outcome.Threw("m"), new Outcome.Unknown("m"));
        assertThat(outcomes).hasSameSizeAs(Outcome.class.getPermittedSubclasses());
        List<SagaCommand> commands = List.of(
                new SagaCommand.Start(AT, "transfer", 1, "t-1", CONTEXT, null, "d", USER),
                new SagaCommand.Wake(AT),
                new SagaCommand.Resume(AT),
                new SagaCommand.Unstorable(AT, "m"),
                new SagaCommand.Arrive(AT, "account.opened", "k", "account|acc-1#7", ANSWER),
                new SagaCommand.Cancel(AT, "ann", "why"),
                new SagaCommand.Decide(AT, SagaDecision.RETRY, "olga", "why"),
                new SagaCommand.SuccessorBegun(AT),
                new SagaCommand.SuccessorRefused(AT, "other-context", "m"));
        assertThat(commands.size() + 1).isEqualTo(SagaCommand.class.getPermittedSubclasses().length);

        for (SagaCommand command : commands) {
            assertThat(DomainJson.mapper()
                    .readValue(DomainJson.mapper().writeValueAsBytes(command),
                            command.getClass()))
                    .isEqualTo(command);
        }
        for (Outcome outcome : outcomes) {
            SagaCommand.Report report = new SagaCommand.Report(AT, effect, outcome);
            assertThat(DomainJson.mapper()
                    .readValue(DomainJson.mapper().writeValueAsBytes(report),
                            SagaCommand.Report.class))
                    .isEqualTo(report);
        }
        assertThat(JsonTypes.problems(SagaCommand.class)).isEmpty();
        assertThat(JsonTypes.problems(SagaState.class)).isEmpty();
    }
}
