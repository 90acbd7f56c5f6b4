package dev.allframe.aggregate;

import dev.allframe.failure.Failures;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a user, which give no null: a {@link NullPointerException} names the method that did, and the aggregate.
 *
 * @param name the aggregate's stored name
 * @param rules the user's
 */
record CheckedAggregate<C extends Command, E extends Event, S>(String name, Aggregate<C, E, S> rules)
        implements
            Aggregate<C, E, S> {

    @Override
    public S initialState() {
        return given("initialState", rules::initialState, null);
    }

    @Override
    public Decision<E> decide(S state, C command) {
        return given("decide", () -> rules.decide(state, command), command);
    }

    @Override
    public S evolve(S state, E event) {
        return given("evolve", () -> rules.evolve(state, event), event);
    }

    @Override
    public Set<String> tags(E event) {
        Set<String> tags = given("tags", () -> rules.tags(event), event);
        for (@Nullable String tag : tags) {
            if (tag == null) {
                throw new NullPointerException(method("tags") + " gave a null among" + of(event));
            }
        }
        return tags;
    }

    /** A null that the user's code has met has often no words of its own. */
    private <T> T given(String method, Supplier<@Nullable T> call, @Nullable Object argument) {
        T result;
        try {
            result = call.get();
        } catch (NullPointerException failed) {
            NullPointerException named = new NullPointerException(
                    method(method) + " failed" + of(argument) + ": " + Failures.description(failed));
            named.initCause(failed);
            throw named;
        }
        if (result == null) {
            throw new NullPointerException(method(method) + " gave null" + of(argument));
        }
        return result;
    }

    private String method(String method) {
        return method + " of aggregate '" + name + "' (" + rules.getClass().getName() + ")";
    }

    private static String of(@Nullable Object argument) {
        return argument == null ? "" : " for a " + argument.getClass().getName();
    }
}
