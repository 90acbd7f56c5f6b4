package dev.allframe.projection;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.failure.Failures;
import dev.allframe.store.view.ViewNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A view as a value: its name, its rows, its indexes and the handlers that make it from events. Immutable; methods
 * return a changed copy, so that it is usually a constant beside the handlers. What is wrong with it is told when it is
 * registered, all at once.
 *
 * @param <K> the keys of the rows
 * @param <R> the rows, whose classes are stored as JSON
 */
public final class ProjectionType<K, R> {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,99}");

    private final String name;
    private final Version version;
    private final Supplier<Keys<K>> keys;
    private final Class<R> rowClass;
    private final List<Index<R, ?>> indexes;
    private final List<Source<?, K, R>> sources;
    private final List<String> meaning;
    private final boolean perStream;
    private final OnFailure onFailure;
    private final @Nullable Replaced<K, ?, R> replaced;

    /**
     * Where rows come from.
     *
     * @param aggregate the aggregate whose events are read
     * @param handler what they mean
     */
    public record Source<E extends Event, K, R>(AggregateType<?, E, ?> aggregate, Projection<E, K, R> handler) {

        private Source<E, K, R> where(BiPredicate<Event, EventInfo> condition) {
            return new Source<>(aggregate, (event, info) -> condition.test(event, info)
                    ? handler.changes(event, info)
                    : Change.none());
        }
    }

    /** What becomes of an event whose handler or change fails. */
    public enum OnFailure {
        /** The view stands before the event until it is told what to do. */
        STOP,
        /** The event and all later ones of its stream wait; other streams go on. */
        PARK
    }

    /**
     * The version that a view replaces.
     *
     * @param type the old version, as its code was
     * @param asNew what an old row is as a new one; pure
     * @param hasSameRows whether both versions have the same class of rows, of the same meaning
     */
    public record Replaced<K, O, R>(ProjectionType<K, O> type, Function<? super O, ? extends R> asNew,
            boolean hasSameRows) {}

    private ProjectionType(String name, Version version, Supplier<Keys<K>> keys, Class<R> rowClass,
            List<Index<R, ?>> indexes, List<Source<?, K, R>> sources, List<String> meaning, boolean perStream,
            OnFailure onFailure, @Nullable Replaced<K, ?, R> replaced) {
        this.name = name;
        this.version = version;
        this.keys = keys;
        this.rowClass = rowClass;
        this.indexes = indexes;
        this.sources = sources;
        this.meaning = meaning;
        this.perStream = perStream;
        this.onFailure = onFailure;
        this.replaced = replaced;
    }

    /**
     * A view without indexes and sources.
     *
     * @param name lower case letters, digits and hyphens; the name of a directory and of a stream
     * @param version raised when handlers change their meaning
     * @param key a class that {@link Keys#of} knows
     * @param row a record class
     */
    public static <K, R> ProjectionType<K, R> named(String name, Version version, Class<K> key, Class<R> row) {
        Objects.requireNonNull(key, "key");
        return named(name, version, () -> Keys.of(key), row);
    }

    /**
     * A view without indexes and sources, with keys that no class describes.
     *
     * @param name as in {@link #named(String, Version, Class, Class)}
     * @param version raised when handlers change their meaning
     * @param keys how keys are written; an {@link IllegalArgumentException} is told by {@link #problems()}
     * @param row a record class
     */
    public static <K, R> ProjectionType<K, R> named(String name, Version version, Supplier<Keys<K>> keys,
            Class<R> row) {
        return new ProjectionType<>(Objects.requireNonNull(name, "name"), Objects.requireNonNull(version, "version"),
                keys, Objects.requireNonNull(row, "row"), List.of(), List.of(), List.of(), false, OnFailure.STOP,
                null);
    }

    /** Finds rows by these too. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and not passed on
    public final ProjectionType<K, R> indexedBy(Index<R, ?>... more) {
        return new ProjectionType<>(name, version, keys, rowClass,
                Stream.concat(indexes.stream(), Arrays.stream(more)).toList(), sources, meaning, perStream, onFailure,
                replaced);
    }

    /** Reads the events of an aggregate too, in the order of the store. */
    public <E extends Event> ProjectionType<K, R> from(AggregateType<?, E, ?> aggregate, Projection<E, K, R> handler) {
        List<Source<?, K, R>> more = new ArrayList<>(sources);
        more.add(new Source<>(aggregate, handler));
        return new ProjectionType<>(name, version, keys, rowClass, indexes, List.copyOf(more), meaning, perStream,
                onFailure, replaced);
    }

    /** The same rows of fewer events: those for which a condition, which is pure, does not hold change nothing. */
    public ProjectionType<K, R> where(BiPredicate<Event, EventInfo> condition) {
        return new ProjectionType<>(name, version, keys, rowClass, indexes,
                sources.stream().<Source<?, K, R>>map(source -> source.where(condition)).toList(), meaning, perStream,
                onFailure, replaced);
    }

    /**
     * Adds to what the view's rows mean, beside its version: rows that were made under another meaning are made anew.
     *
     * @param more each a text, such as {@code window P1M}
     */
    public ProjectionType<K, R> meaning(List<String> more) {
        return new ProjectionType<>(name, version, keys, rowClass, indexes, sources,
                Stream.concat(meaning.stream(), more.stream()).toList(), perStream, onFailure, replaced);
    }

    /**
     * Declares that the events of an instance change rows of that instance alone: those whose key is the instance's id,
     * or a record whose first component is. The view fails at an event that changes another. Needs a view of one
     * aggregate alone: instances of two may have the same id, and would change the same rows.
     */
    public ProjectionType<K, R> perStream() {
        return new ProjectionType<>(name, version, keys, rowClass, indexes, sources, meaning, true, onFailure,
                replaced);
    }

    /** Parks the stream of an event that fails, and goes on with others. Needs {@link #perStream()}. */
    public ProjectionType<K, R> parkFailures() {
        return new ProjectionType<>(name, version, keys, rowClass, indexes, sources, meaning, perStream,
                OnFailure.PARK, replaced);
    }

    /**
     * Keeps an older version of this view live beside it, until an operator has switched to this one and finished. Both
     * follow the store; which of them answers those who ask this view is said by
     * {@link ProjectionRegistry#switchTo(String, Version, java.time.Duration, ProjectionRegistry.Order)}, and the old
     * one does until then. The old version need not be registered beside this one.
     *
     * @param old the version that is served, of the same name and keys, as its code was
     */
    public ProjectionType<K, R> replacing(ProjectionType<K, R> old) {
        return replacing(new Replaced<>(Objects.requireNonNull(old, "old"), row -> row, true));
    }

    /**
     * As {@link #replacing(ProjectionType)}, of a version with rows of another class or another meaning.
     *
     * @param asNew what those who ask this view are given for an old row; pure
     */
    public <O> ProjectionType<K, R> replacing(ProjectionType<K, O> old, Function<? super O, ? extends R> asNew) {
        return replacing(new Replaced<>(Objects.requireNonNull(old, "old"), Objects.requireNonNull(asNew, "asNew"),
                false));
    }

    private ProjectionType<K, R> replacing(Replaced<K, ?, R> old) {
        return new ProjectionType<>(name, version, keys, rowClass, indexes, sources, meaning, perStream, onFailure,
                old);
    }

    /** What is wrong with the definition, each in a sentence; the row class aside. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        String view = "view '" + name + "' ";
        if (!NAME.matcher(name).matches()) {
            problems.add(view + "must have a name of lower case letters, digits and hyphens, beginning with a letter,"
                    + " at most 100");
        }
        if (name.startsWith(ViewNames.TEMPORARY)) {
            problems.add(view + "has a name that begins with " + ViewNames.TEMPORARY + ", as those of tables that are"
                    + " dropped do");
        }
        try {
            Keys<K> unused = keys.get();
        } catch (IllegalArgumentException unfit) {
            problems.add(view + "cannot have such keys: " + Failures.message(unfit));
        }
        if (sources.isEmpty()) {
            problems.add(view + "reads no aggregate: add .from(…)");
        }
        Set<String> names = new HashSet<>();
        for (Source<?, K, R> source : sources) {
            if (!names.add(source.aggregate().name())) {
                problems.add(view + "reads aggregate '" + source.aggregate().name() + "' twice");
            }
        }
        Set<String> indexNames = new HashSet<>();
        for (Index<R, ?> index : indexes) {
            if (!indexNames.add(index.name())) {
                problems.add(view + "has two indexes named '" + index.name() + "'");
            }
        }
        if (perStream && sources.size() > 1) {
            problems.add(view + "is declared perStream() and reads " + sources.size()
                    + " aggregates: instances of the same id would change rows of each other");
        }
        if (onFailure == OnFailure.PARK && !perStream) {
            problems.add(view + "parks failures without perStream(): what waits would be missing in rows of others");
        }
        problemsOfReplacing(view, problems);
        return problems;
    }

    private void problemsOfReplacing(String view, List<String> problems) {
        if (replaced == null) {
            return;
        }
        ProjectionType<K, ?> old = replaced.type;
        if (!old.name.equals(name)) {
            problems.add(view + "replaces view '" + old.name + "': both versions of a view have its name");
        }
        if (old.version.number() >= version.number()) {
            problems.add(view + "of version " + version.number() + " replaces version " + old.version.number()
                    + ": the new version must be higher");
        }
        if (old.replaced != null) {
            problems.add(view + "of version " + version.number() + " replaces version " + old.version.number()
                    + ", which replaces version " + old.replaced.type.version.number()
                    + ": two versions are kept, so finish the older replacement first");
        }
        if (problems.isEmpty() && !keys().description().equals(old.keys().description())) {
            problems.add(view + "of version " + version.number() + " has other keys than version "
                    + old.version.number() + ", which it replaces: " + keys().description() + ", and not "
                    + old.keys().description());
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** The version of its handlers. */
    public Version version() {
        return version;
    }

    /** The class of the rows. */
    public Class<R> rowClass() {
        return rowClass;
    }

    /** How keys are ordered. */
    public Keys<K> keys() {
        return keys.get();
    }

    /** Its indexes, in the order of their declaration. */
    public List<Index<R, ?>> indexes() {
        return indexes;
    }

    /** Where its rows come from. */
    public List<Source<?, K, R>> sources() {
        return sources;
    }

    /** What its rows mean, beside its version. */
    public List<String> meaning() {
        return meaning;
    }

    /** Whether events change rows of their own instance alone. */
    public boolean isPerStream() {
        return perStream;
    }

    /** What becomes of an event that fails. */
    public OnFailure onFailure() {
        return onFailure;
    }

    /** The version that is kept live beside this one; empty where none is. */
    public Optional<Replaced<K, ?, R>> replaced() {
        return Optional.ofNullable(replaced);
    }

    @Override
    public String toString() {
        return "ProjectionType[" + name + "]";
    }
}
