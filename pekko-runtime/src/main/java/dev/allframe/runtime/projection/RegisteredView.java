package dev.allframe.runtime.projection;

import dev.allframe.aggregate.Event;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.fold.Handlers;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.store.view.ViewReads;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view that was checked and can be kept. Immutable.
 *
 * @param type the view
 * @param rows writes and reads its rows
 * @param handlers turn events into changes of rows
 */
public record RegisteredView<K, R>(ProjectionType<K, R> type, RowCodec<R> rows, Handlers<K, R> handlers) {

    /**
     * Checks a view.
     *
     * @throws InvalidDomainException with all that is wrong with its definition, its rows and the events that it reads
     */
    public static <K, R> RegisteredView<K, R> of(ProjectionType<K, R> type) {
        List<String> problems = new ArrayList<>(type.problems());
        RowCodec<R> rows = null;
        try {
            rows = JacksonRowCodec.of(type.rowClass());
        } catch (InvalidDomainException invalid) {
            invalid.problems().forEach(problem -> problems.add("view '" + type.name() + "': " + problem));
        }
        Handlers<K, R> handlers = handlers(type, problems);
        type.replaced().ifPresent(old -> addProblems(old.type(), problems));
        if (rows == null || handlers == null || !problems.isEmpty()) {
            throw new InvalidDomainException(problems);
        }
        return new RegisteredView<>(type, rows, handlers);
    }

    private static void addProblems(ProjectionType<?, ?> old, List<String> problems) {
        try {
            RegisteredView<?, ?> unused = of(old);
        } catch (InvalidDomainException invalid) {
            invalid.problems().forEach(problem -> problems.add("version " + old.version().number() + " of " + problem));
        }
    }

    /** Reads tables as rows of this view. */
    ViewReader<K, R> reader(ViewReads tables) {
        return new StoredRows<>(type, rows, tables);
    }

    private static <K, R> @Nullable Handlers<K, R> handlers(ProjectionType<K, R> type, List<String> problems) {
        if (!problems.isEmpty()) {
            return null;
        }
        try {
            return new Handlers<>(type, new Handlers.Codecs() {
                @Override
                public <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source) {
                    return JacksonEventCodec.of(source.aggregate());
                }
            });
        } catch (InvalidDomainException invalid) {
            problems.addAll(invalid.problems());
            return null;
        }
    }
}
