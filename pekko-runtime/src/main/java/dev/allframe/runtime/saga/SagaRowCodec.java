package dev.allframe.runtime.saga;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.machine.AwaitedKey;
import dev.allframe.saga.machine.Direction;
import dev.allframe.saga.machine.Halt;
import dev.allframe.saga.machine.NextSaga;
import dev.allframe.saga.machine.Run;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.saga.machine.SettleReason;
import dev.allframe.saga.machine.StepState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the view of all sagas, as bytes: each saga writes one several times, and JSON of its whole state costs
 * more than all else of the view. The components stand in the order in which their classes declare them; a context that
 * is the first one still is written once. Whatever changes there is another {@link #schema()}, so that the view is
 * built anew.
 */
final class SagaRowCodec implements RowCodec<SagaRow> {

    private static final int USUAL_BYTES = 512;
    private static final int ENDED = 0;
    private static final int RUNNING = 1;

    private static final String SCHEMA = "bytes 1 of " + JacksonRowCodec.of(SagaRow.class).schema() + " "
            + Stream.<Enum<?>[]>of(SagaState.Phase.values(), SagaStatus.Phase.values(), StepState.Status.values(),
                    Direction.values(), SettleReason.values(), Halt.values()).map(Arrays::toString).toList();

    @Override
    public byte[] encode(SagaRow row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        Writer out = new Writer(new DataOutputStream(bytes));
        try {
            SagaState state = row.state();
            if (state == null) {
                out.number(ENDED);
                out.status(Objects.requireNonNull(row.ended(), "a row has a state or an end"));
            } else {
                out.number(RUNNING);
                out.state(state);
            }
        } catch (IOException impossible) {
            throw new CodecException("a row of a saga cannot be written: " + Failures.message(impossible), impossible);
        }
        return bytes.toByteArray();
    }

    @Override
    public SagaRow decode(byte[] stored) {
        Reader in = new Reader(new DataInputStream(new ByteArrayInputStream(stored)));
        try {
            SagaRow row = switch (in.number()) {
                case ENDED -> new SagaRow(null, in.status());
                case RUNNING -> new SagaRow(in.state(), null);
                default -> throw new IOException("it is neither of a saga that runs nor of one that has ended");
            };
            in.end();
            return row;
        } catch (IOException | RuntimeException damaged) {
            throw new CodecException("a stored row of a saga is damaged: " + Failures.description(damaged), damaged);
        }
    }

    @Override
    public String schema() {
        return SCHEMA;
    }

    /** Writes what a row is made of. */
    private static final class Writer extends RowWriter {

        Writer(DataOutputStream out) {
            super(out);
        }

        private void name(Enum<?> value) throws IOException {
            text(value.name());
        }

        void status(SagaStatus status) throws IOException {
            text(status.definition());
            number(status.version());
            text(status.id());
            name(status.phase());
            optional(status.step(), this::text);
            flag(status.undoing());
            number(status.attempts());
            text(status.reason());
            moment(status.startedAt());
            moment(status.changedAt());
            optional(status.nextAt(), this::moment);
            optional(status.correlationId(), this::text);
        }

        void state(SagaState state) throws IOException {
            name(state.phase());
            optional(state.begun(), this::begun);
            StoredValue context = state.context();
            boolean first = state.begun() != null && isSame(context, state.begun().first());
            flag(first);
            if (!first) {
                optional(context, this::value);
            }
            list(state.steps(), this::step);
            optional(state.run(), this::run);
            list(state.awaited(), this::awaited);
            list(state.received(), this::received);
            flag(state.pastPivot());
            text(state.reason());
            optional(state.halt(), this::halt);
            optional(state.successor(), this::next);
            moment(state.changedAt());
        }

        /** By its text: equal ones may have their members in another order. */
        private static boolean isSame(@Nullable StoredValue one, StoredValue other) {
            return one != null && one.version() == other.version() && one.type().equals(other.type())
                    && one.data().text().equals(other.data().text());
        }

        private void value(StoredValue value) throws IOException {
            text(value.type());
            number(value.version());
            text(value.data().text());
        }

        private void begun(SagaState.Begun begun) throws IOException {
            text(begun.definition());
            number(begun.version());
            text(begun.id());
            text(begun.structure());
            value(begun.first());
            optional(begun.correlationId(), this::text);
            optional(begun.causationId(), this::text);
            texts(begun.headers());
            moment(begun.at());
            optional(begun.deadline(), this::moment);
        }

        private void step(StepState step) throws IOException {
            text(step.step());
            name(step.status());
            number(step.generation());
            flag(step.effective());
            flag(step.certain());
            list(step.output(), this::value);
            optional(step.undo(), this::undoing);
        }

        private void undoing(StepState.Undoing undoing) throws IOException {
            number(undoing.generation());
            optional(undoing.target(), this::text);
            moment(undoing.issuedAt());
        }

        private void run(Run run) throws IOException {
            text(run.step());
            name(run.direction());
            number(run.generation());
            optional(run.target(), this::text);
            text(run.key());
            moment(run.issuedAt());
            duration(run.timeout());
            moment(run.since());
            number(run.attempts());
            number(run.postponed());
            number(run.refusals());
            flag(run.unanswered());
            flag(run.decisive());
            optional(run.retryAt(), this::moment);
            flag(run.renewed());
            optional(run.settling(), this::finding);
            text(run.code());
            text(run.message());
            optional(run.until(), this::moment);
            optional(run.lost(), this::lost);
        }

        private void lost(Run.Lost lost) throws IOException {
            number(lost.attempts());
            moment(lost.since());
        }

        private void finding(Run.Finding finding) throws IOException {
            name(finding.reason());
            moment(finding.since());
            number(finding.failed());
        }

        private void awaited(AwaitedKey key) throws IOException {
            text(key.step());
            text(key.event());
            text(key.key());
        }

        private void received(SagaState.Received received) throws IOException {
            text(received.step());
            text(received.key());
            text(received.eventId());
            optional(received.event(), this::value);
        }

        private void halt(SagaState.HaltedAt halt) throws IOException {
            name(halt.halt());
            optional(halt.step(), this::text);
        }

        private void next(NextSaga next) throws IOException {
            text(next.definition());
            number(next.version());
            text(next.id());
            value(next.context());
        }
    }

    /** Reads what {@link Writer} has written, in the same order. */
    private static final class Reader extends RowReader {

        Reader(DataInputStream in) {
            super(in);
        }

        SagaStatus status() throws IOException {
            return new SagaStatus(text(), number(), text(), SagaStatus.Phase.valueOf(text()), optional(this::text),
                    flag(), number(),
                    text(), moment(), moment(), optional(this::moment), optional(this::text));
        }

        SagaState state() throws IOException {
            SagaState.Phase phase = SagaState.Phase.valueOf(text());
            SagaState.Begun begun = optional(this::begun);
            StoredValue context = flag() ? Objects.requireNonNull(begun).first() : optional(this::value);
            return new SagaState(phase, begun, context, list(this::step), optional(this::run), list(this::awaited),
                    list(this::received), flag(), text(), optional(this::halt), optional(this::next), moment());
        }

        private StoredValue value() throws IOException {
            return new StoredValue(text(), number(), JsonObject.of(text()));
        }

        private SagaState.Begun begun() throws IOException {
            return new SagaState.Begun(text(), number(), text(), text(), value(), optional(this::text),
                    optional(this::text), texts(), moment(), optional(this::moment));
        }

        private StepState step() throws IOException {
            return new StepState(text(), StepState.Status.valueOf(text()), number(), flag(), flag(), list(this::value),
                    optional(this::undoing));
        }

        private StepState.Undoing undoing() throws IOException {
            return new StepState.Undoing(number(), optional(this::text), moment());
        }

        private Run run() throws IOException {
            return new Run(text(), Direction.valueOf(text()), number(), optional(this::text), text(), moment(),
                    duration(), moment(), number(), number(), number(), flag(), flag(), optional(this::moment), flag(),
                    optional(this::finding), text(), text(), optional(this::moment), optional(this::lost));
        }

        private Run.Lost lost() throws IOException {
            return new Run.Lost(number(), moment());
        }

        private Run.Finding finding() throws IOException {
            return new Run.Finding(SettleReason.valueOf(text()), moment(), number());
        }

        private AwaitedKey awaited() throws IOException {
            return new AwaitedKey(text(), text(), text());
        }

        private SagaState.Received received() throws IOException {
            return new SagaState.Received(text(), text(), text(), optional(this::value));
        }

        private SagaState.HaltedAt halt() throws IOException {
            return new SagaState.HaltedAt(Halt.valueOf(text()), optional(this::text));
        }

        private NextSaga next() throws IOException {
            return new NextSaga(text(), number(), text(), value());
        }
    }
}
