package dev.allframe.failure;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Failures in words. Many exceptions have no message, and those of users' classes may throw when they are asked for it:
 * no method here returns or contains the text {@code null} for a missing message, and none throws.
 */
public final class Failures {

    private static final String OURS = "dev.allframe.";

    private Failures() {}

    /** The message of a failure, or of the first cause that has one; its class where there is none. */
    public static String message(Throwable failure) {
        for (Throwable cause : chain(failure)) {
            String message = textOf(cause);
            if (!message.isEmpty()) {
                return message;
            }
        }
        return chain(failure).getLast().getClass().getName();
    }

    /**
     * The class of a failure and its message, if it has one. The messages of AllFrame's own failures are sentences for
     * users, and stand alone; a failure that only repeats its cause is left out.
     */
    public static String description(Throwable failure) {
        Throwable speaking = failure;
        for (Throwable cause : chain(failure)) {
            speaking = cause;
            if (!repeatsItsCause(cause)) {
                break;
            }
        }
        String message = textOf(speaking);
        String type = speaking.getClass().getName();
        if (message.isEmpty()) {
            return type;
        }
        return type.startsWith(OURS) ? message : type + ": " + message;
    }

    /** The failure without what stages, futures and reflection wrap around it. */
    public static Throwable unwrapped(Throwable failure) {
        for (Throwable cause : chain(failure)) {
            boolean wraps = cause instanceof CompletionException || cause instanceof ExecutionException
                    || cause instanceof InvocationTargetException;
            if (!wraps) {
                return cause;
            }
        }
        return failure;
    }

    /** The failure, its cause, the cause of that and so on; at least one, and each once. */
    public static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        @Nullable Throwable next = failure;
        while (next != null && seen.add(next)) {
            chain.add(next);
            next = causeOf(next);
        }
        return chain;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (RuntimeException | Error overridden) {
            return null;
        }
    }

    /** What happened to a file stands in the name of the exception's class alone: {@code no such file: }. */
    private static String words(FileSystemException failure) {
        String name = failure.getClass().getSimpleName().replaceFirst("(System)?Exception$", "");
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT) + ": ";
    }

    /** A failure that is made of a cause alone has the class and the message of the cause as its message. */
    private static boolean repeatsItsCause(Throwable failure) {
        Throwable cause = causeOf(failure);
        try {
            return cause != null && cause.toString().equals(failure.getMessage());
        } catch (RuntimeException | Error overridden) {
            return false;
        }
    }

    /** Empty for none. */
    private static String textOf(Throwable failure) {
        try {
            String message = failure.getMessage();
            if (message == null || repeatsItsCause(failure)) {
                return "";
            }
            return failure instanceof FileSystemException file && file.getReason() == null
                    ? words(file) + message
                    : message.strip();
        } catch (RuntimeException | Error overridden) {
            return "";
        }
    }
}
