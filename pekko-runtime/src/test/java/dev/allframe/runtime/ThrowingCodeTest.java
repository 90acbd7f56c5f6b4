package dev.allframe.runtime;

import static dev.allframe.aggregate.Decision.persist;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonValue;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.store.StreamId;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Whatever user's code throws, wherever it stands, is the failure of its own command: nothing is stored, the instance
 * goes on, and so does the process.
 */
@Guarantee({"G2", "G10"})
final class ThrowingCodeTest {

    /** Where the code of a user stands. */
    enum Place {
        VALIDATION, FINGERPRINT, INTERCEPTOR, CLOCK, INITIAL_STATE, DECIDE, EVOLVE, TAGS, EVENT_COMPONENT, NULL_EVENT, NULL_TAG, NULL_DISPATCH, NULL_RESULT
    }

    /** What code can throw, the JVM's own among it. */
    enum Thrown {
        EXCEPTION, WITHOUT_MESSAGE, SPEECHLESS, CHECKED, INTERRUPTED, ASSERTION, NO_CLASS, STATIC_INITIALIZER, STACK, MEMORY, INTERNAL, THREAD_DEATH, ANY;

        @SuppressWarnings({"removal", "deprecation"})
        Throwable create() {
            return switch (this) {
                case EXCEPTION -> new IllegalStateException("exploded");
                case WITHOUT_MESSAGE -> new NullPointerException();
                case SPEECHLESS -> new Speechless();
                case CHECKED -> new java.io.IOException("checked, and thrown all the same");
                case INTERRUPTED -> new InterruptedException("interrupted, and thrown all the same");
                case ASSERTION -> new AssertionError("an assertion");
                case NO_CLASS -> new NoClassDefFoundError("com/example/Missing");
                case STATIC_INITIALIZER -> new ExceptionInInitializerError(new IllegalStateException("static"));
                case STACK -> new StackOverflowError();
                case MEMORY -> new OutOfMemoryError("Requested array size exceeds VM limit");
                case INTERNAL -> new InternalError("a fault in memory");
                case THREAD_DEATH -> new ThreadDeath();
                case ANY -> new Throwable("neither exception nor error");
            };
        }
    }

    private static final class Speechless extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("asked for a message");
        }
    }

    /** What code throws, and where; set by the test before it sends a command. */
    private static volatile Place armedPlace = Place.DECIDE;
    private static volatile Thrown armed = Thrown.EXCEPTION;
    private static volatile boolean isArmed;

    /** Whether code gives null there, instead of throwing. */
    private static volatile boolean givesNull;

    /** The value; null where the code of this place shall give it. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T orNull(Place place, T value) {
        return isArmed && givesNull && armedPlace == place ? null : value;
    }

    private static void here(Place place) {
        if (isArmed && !givesNull && armedPlace == place) {
            throw ThrowingCodeTest.<RuntimeException>sneaked(armed.create());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Constraint(validatedBy = Checked.Validator.class)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Checked {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};

        final class Validator implements ConstraintValidator<Checked, String> {
            @Override
            public boolean isValid(String value, ConstraintValidatorContext context) {
                here(Place.VALIDATION);
                return true;
            }
        }
    }

    record Text(String text) {
        @JsonValue
        String json() {
            here(Place.FINGERPRINT);
            return text;
        }
    }

    record Spark(String text) {
        @JsonValue
        String json() {
            here(Place.EVENT_COMPONENT);
            return text;
        }
    }

    record Light(@Checked String why, Text text) implements Command {}

    @Stored("lit")
    record Lit(Spark spark) implements Event {}

    @Stored("lamp")
    record Lamp(int lit) {}

    static final class Lamps implements Aggregate<Light, Lit, Lamp> {
        @Override
        public Lamp initialState() {
            here(Place.INITIAL_STATE);
            return orNull(Place.INITIAL_STATE, new Lamp(0));
        }

        @Override
        public Decision<Lit> decide(Lamp lamp, Light command) {
            here(Place.DECIDE);
            return orNull(Place.DECIDE, persist(orNull(Place.NULL_EVENT, new Lit(new Spark(command.why())))));
        }

        @Override
        public Lamp evolve(Lamp lamp, Lit event) {
            here(Place.EVOLVE);
            return orNull(Place.EVOLVE, new Lamp(lamp.lit() + 1));
        }

        @Override
        public Set<String> tags(Lit event) {
            here(Place.TAGS);
            return orNull(Place.TAGS, new HashSet<>(Arrays.asList(orNull(Place.NULL_TAG, "tag"))));
        }
    }

    private static final AggregateType<Light, Lit, Lamp> LAMP = AggregateType
            .named("lamp", Light.class, Lit.class, Lamp.class, new Lamps())
            .rememberCommands(100);

    private static final Clock CLOCK = new Clock() {
        @Override
        public Instant instant() {
            here(Place.CLOCK);
            return Instant.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    private static final int MAX_IN_FLIGHT = 5;

    private static final AllFrame ALLFRAME = AllFrame
            .standalone("throwing", ConfigFactory.parseString("allframe.max-in-flight = " + MAX_IN_FLIGHT)
                    .withFallback(ConfigFactory.load()))
            .clock(CLOCK)
            .intercept(new CommandInterceptor() {
                @Override
                public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch,
                        Rest<E> rest) {
                    here(Place.INTERCEPTOR);
                    return orNull(Place.INTERCEPTOR, rest.dispatch(orNull(Place.NULL_DISPATCH, dispatch))
                            .thenApply(result -> orNull(Place.NULL_RESULT, result)));
                }
            })
            .aggregate(LAMP)
            .start();

    @AfterAll
    static void close() {
        ALLFRAME.close();
    }

    @AfterEach
    void disarm() {
        isArmed = false;
        givesNull = false;
    }

    private static CommandResult<Lit> light(String id, String commandId) throws Exception {
        return ALLFRAME.commands()
                .dispatch(LAMP, id, new Light("dark", new Text("text")), CommandOptions.withCommandId(commandId))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(value = Place.class, mode = Mode.MATCH_NONE, names = "NULL_.*")
    void it_is_the_failure_of_its_command_and_of_nothing_else(Place place) throws Exception {
        for (Thrown thrown : Thrown.values()) {
            String id = "lamp-" + UUID.randomUUID();
            armedPlace = place;
            armed = thrown;
            isArmed = true;
            CommandResult<Lit> failed = light(id, "c-1");
            boolean interrupted = Thread.interrupted();
            isArmed = false;

            assertThat(failed).as(place + " " + thrown)
                    .isInstanceOfSatisfying(CommandResult.Failed.class, result -> {
                        assertThat(result.error()).isInstanceOf(CommandError.HandlerFailed.class);
                        assertThat(result.error().execution()).isEqualTo(CommandError.Execution.NOT_EXECUTED);
                        assertThat(result.error().retryable()).isFalse();
                        assertThat(result.error().message()).isNotBlank().doesNotContain("null");
                    });
            assertThat(ALLFRAME.backend().highestSequenceNr(StreamId.of("lamp", id)).toCompletableFuture().join())
                    .as("nothing is stored")
                    .isZero();
            if (interrupted) {
                assertThat(thrown).as("an interrupt is kept for the caller").isEqualTo(Thrown.INTERRUPTED);
            }
            if (place != Place.INITIAL_STATE) { // which an instance asks for once, when it starts
                assertThat(light(id, "c-1").orThrow().sequenceNr()).as("the instance goes on").isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"INITIAL_STATE, initialState of aggregate 'lamp'", "DECIDE, decide of aggregate 'lamp'",
            "NULL_EVENT, decide of aggregate 'lamp'", "EVOLVE, evolve of aggregate 'lamp'",
            "TAGS, tags of aggregate 'lamp'", "NULL_TAG, tags of aggregate 'lamp'"})
    void a_null_is_the_failure_of_its_command_names_the_method_and_stores_nothing(Place place, String method)
            throws Exception {
        String id = "lamp-" + UUID.randomUUID();
        armedPlace = place;
        givesNull = true;
        isArmed = true;
        CommandResult<Lit> failed = light(id, "c-1");
        isArmed = false;

        assertThat(failed).isInstanceOfSatisfying(CommandResult.Failed.class, result -> {
            assertThat(result.error()).isInstanceOf(CommandError.HandlerFailed.class);
            assertThat(result.error().message()).contains(method, Lamps.class.getName(), "null");
        });
        assertThat(ALLFRAME.backend().highestSequenceNr(StreamId.of("lamp", id)).toCompletableFuture().join())
                .as("nothing is stored")
                .isZero();
        if (place != Place.INITIAL_STATE) {
            assertThat(light(id, "c-1").orThrow().sequenceNr()).as("the instance goes on").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Place.class, names = {"INTERCEPTOR", "NULL_DISPATCH", "NULL_RESULT"})
    void a_null_of_an_interceptor_names_its_class(Place place) throws Exception {
        armedPlace = place;
        givesNull = true;
        isArmed = true;

        assertThat(light("lamp-" + UUID.randomUUID(), "c-1")).isInstanceOfSatisfying(CommandResult.Failed.class,
                result -> assertThat(result.error().message())
                        .contains("around of " + ThrowingCodeTest.class.getName(), "null"));
    }

    /** Also where the clock throws when the command is void, which has no rules of its own. */
    @Test
    void a_clock_that_throws_takes_no_room_from_later_commands() throws Exception {
        String id = "lamp-" + UUID.randomUUID();
        armedPlace = Place.CLOCK;
        isArmed = true;
        for (int i = 0; i <= MAX_IN_FLIGHT; i++) {
            armed = i % 2 == 0 ? Thrown.EXCEPTION : Thrown.INTERNAL;
            assertThat(light(id, "c-1")).isInstanceOf(CommandResult.Failed.class);
            assertThat(ALLFRAME.commands()
                    .voidCommand(LAMP, id, CommandOptions.withCommandId("c-1"))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS)).isInstanceOfSatisfying(CommandResult.Failed.class,
                            failed -> assertThat(failed.error()).isInstanceOf(CommandError.HandlerFailed.class));
        }
        isArmed = false;

        assertThat(light(id, "c-1").orThrow().sequenceNr()).isEqualTo(1);
    }
}
