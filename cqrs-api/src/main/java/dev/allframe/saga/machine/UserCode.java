package dev.allframe.saga.machine;

import dev.allframe.failure.Failures;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls functions of a definition. */
final class UserCode {

    private UserCode() {}

    /** Thrown for whatever a function has thrown, and for a null that it has given. */
    static final class Threw extends RuntimeException {

        private Threw(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A failure of what a function has given. */
    static Threw failure(String message) {
        return new Threw(message, null);
    }

    /**
     * What a function gives. The context with which it is called is read before: where this code cannot read it, that
     * is no failure of the function.
     *
     * @throws Threw if it throws, or gives null
     */
    static <V> V call(String what, Supplier<? extends @Nullable V> function) {
        V value;
        try {
            value = function.get();
        } catch (VirtualMachineError jvm) {
            if (jvm instanceof StackOverflowError) {
                throw new Threw(what + " threw " + Failures.description(jvm), jvm);
            }
            throw jvm;
        } catch (Throwable thrown) { // by the user's code, whatever it is
            throw new Threw(what + " threw " + Failures.description(thrown), thrown);
        }
        if (value == null) {
            throw new Threw(what + " returned null", null);
        }
        return value;
    }
}
