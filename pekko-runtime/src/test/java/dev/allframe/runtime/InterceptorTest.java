package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.CommandBusConformance.put;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.command.Dispatch;
import dev.allframe.runtime.Wallets.WalletCommand.Put;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.runtime.Wallets.WalletEvent.WasPut;
import java.math.BigDecimal;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class InterceptorTest {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private AllFrame with(CommandInterceptor... interceptors) {
        AllFrame.Builder builder = AllFrame.standalone("intercepted", ConfigFactory.load()).aggregate(WALLET);
        List.of(interceptors).forEach(builder::intercept);
        return builder.start();
    }

    /** Says when it begins and what the result is. */
    private final class Log implements CommandInterceptor {

        private final String name;

        Log(String name) {
            this.name = name;
        }

        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            seen.add(name + " begins");
            return rest.dispatch(dispatch.withOptions(dispatch.options().withHeader(name, "was here")))
                    .whenComplete((result, failure) -> seen.add(name + " has " + result.getClass().getSimpleName()));
        }
    }

    @Test
    void the_first_one_is_the_outermost_and_validation_comes_behind_them() {
        try (AllFrame allFrame = with(new Log("outer"), new Log("inner"))) {
            allFrame.commands().dispatchAndWait(WALLET, "w", put(1)).orThrow();
            CommandResult<WalletEvent> invalid = allFrame.commands().dispatchAndWait(WALLET, "w", put(-1));

            assertThat(((Failed<WalletEvent>) invalid).error()).isInstanceOf(CommandError.Validation.class);
            assertThat(seen).containsExactly("outer begins", "inner begins", "inner has Accepted", "outer has Accepted",
                    "outer begins", "inner begins", "inner has Failed", "outer has Failed");
            assertThat(allFrame.eventStore(WALLET).streamEvents("w").findFirst().orElseThrow().metadata().headers())
                    .containsOnlyKeys("outer", "inner");
        }
    }

    /** Lets only those through who say who they are; also those who declare ids void. */
    private static final class OnlyAnn implements CommandInterceptor {

        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            return "ann".equals(dispatch.options().headers().get(CommandOptions.USER))
                    ? rest.dispatch(dispatch)
                    : CompletableFuture.completedStage(new Failed<>(new CommandError.NotPermitted("only Ann may")));
        }
    }

    @Test
    void one_that_does_not_go_on_gives_the_result() {
        try (AllFrame allFrame = with(new OnlyAnn())) {
            CommandError.NotPermitted refused = new CommandError.NotPermitted("only Ann may");

            assertThat(allFrame.commands().dispatchAndWait(WALLET, "w", put(1)))
                    .isEqualTo(new Failed<WalletEvent>(refused));
            assertThat(allFrame.commands().voidCommand(WALLET, "w", "c-1").toCompletableFuture().join())
                    .isEqualTo(new Failed<WalletEvent>(refused));
            assertThat(allFrame.commands()
                    .dispatchAndWait(WALLET, "w", put(1), withCommandId("c-1").byUser("ann"))
                    .orThrow()
                    .sequenceNr()).isEqualTo(1);
        }
    }

    /** Puts what it has looked up into the command. */
    private static final class Doubling implements CommandInterceptor {

        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            return CompletableFuture.supplyAsync(() -> dispatch.command() instanceof Put(var amount, var note)
                    ? dispatch.withCommand(new Put(amount.multiply(BigDecimal.TWO), note))
                    : dispatch).thenCompose(rest::dispatch);
        }
    }

    @Test
    void one_may_change_the_command() {
        try (AllFrame allFrame = with(new Doubling())) {
            assertThat(allFrame.commands().dispatchAndWait(WALLET, "w", put(4)).orThrow().events())
                    .containsExactly(new WasPut(BigDecimal.valueOf(8), "note"));
        }
    }

    /** Fails in one way or the other. */
    private static final class Broken implements CommandInterceptor {

        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            if (dispatch.id().equals("throws")) {
                throw new IllegalStateException("it throws");
            }
            return CompletableFuture.failedStage(new IllegalStateException("its stage fails"));
        }
    }

    /** Fails when the command has its result. */
    private static final class Late implements CommandInterceptor {

        @Override
        public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
            return rest.dispatch(dispatch).thenApply(result -> {
                throw new IllegalStateException("too late");
            });
        }
    }

    @Test
    void one_that_fails_when_the_command_was_executed_leaves_the_outcome_open() {
        try (AllFrame allFrame = with(new Late())) {
            for (CommandOptions options : List.of(CommandOptions.none(), CommandOptions.withCommandId("c"))) {
                CommandResult<WalletEvent> result = allFrame.commands().dispatchAndWait(WALLET, "w", put(1), options);

                assertThat(((Failed<WalletEvent>) result).error())
                        .isInstanceOfSatisfying(CommandError.NoAnswer.class, unknown -> {
                            assertThat(unknown.message()).contains("too late");
                            assertThat(unknown.retryable()).isEqualTo(options.commandId() != null);
                        });
            }
        }
    }

    @Test
    void one_that_fails_fails_the_dispatch_and_nothing_else() {
        try (AllFrame allFrame = with(new Broken())) {
            for (String way : List.of("throws", "fails")) {
                CommandResult<WalletEvent> result = allFrame.commands().dispatchAndWait(WALLET, way, put(1));

                assertThat(((Failed<WalletEvent>) result).error())
                        .isInstanceOfSatisfying(CommandError.HandlerFailed.class,
                                failed -> assertThat(failed.message()).contains(way));
            }
        }
    }
}
