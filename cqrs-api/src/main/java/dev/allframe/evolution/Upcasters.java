package dev.allframe.evolution;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Declares how a stored form that today's code has no class for is read; given to {@code AggregateType.upcasting}. A
 * component that was only added needs none of this, but {@code @Since}.
 *
 * <pre>{@code
 * Upcasters.from(OwnerChangedV1.class).to(OwnerChanged.class, v1 -> new OwnerChanged(Name.parse(v1.name())));
 * Upcasters.json("owner-changed", 1).to(2, tree -> { tree.put("name", tree.remove("owner")); return tree; });
 * }</pre>
 *
 * Steps lead from one name and version to others; those of several versions are joined into a path to today's classes.
 * An old class is a record with the {@code @Stored} name and version that it had; it need not be one of the aggregate's
 * events any more, and it is read strictly.
 *
 * <p>A tree is a mutable map of an event's components by their names, in the order in which they are stored. Its values
 * are null, {@link String}, {@link Boolean}, {@link Long} or {@link java.math.BigInteger},
 * {@link java.math.BigDecimal}, {@link List} and {@link Map}, so that no number loses precision; what an upcaster puts
 * in may also be any other value that an event can have. What is a {@code BigDecimal} or a time in a class is text in
 * what is stored.
 *
 * <p>Names are those of {@code @Stored}, without the aggregate's name. What is wrong with a declaration is found when
 * the aggregate is registered.
 */
public final class Upcasters {

    private Upcasters() {}

    /** From an old class. */
    public static <F> FromClass<F> from(Class<F> old) {
        return new FromClass<>(old);
    }

    /**
     * From a stored name and version, as a tree.
     *
     * @throws IllegalArgumentException if the version is less than 1
     */
    public static FromJson json(String name, int version) {
        return new FromJson(new StoredVersion(name, version));
    }

    /**
     * A step from an old class, to be completed.
     *
     * @param <F> the old class
     */
    public static final class FromClass<F> {

        private final Class<F> old;

        private FromClass(Class<F> old) {
            this.old = old;
        }

        /** To a newer class, of today or old as well. */
        public <T> Upcast to(Class<T> newer, Upcaster<? super F, ? extends T> upcaster) {
            return step(List.of(newer), event -> List.of(upcaster.upcast(event)));
        }

        /** To a newer class by its one constructor or static factory that takes the old one. */
        public Upcast to(Class<?> newer) {
            return new Upcast.Auto(old, newer);
        }

        /** To any number of events, in their order, of the classes that are declared. */
        public <T> Upcast toMany(List<Class<? extends T>> newer,
                Upcaster<? super F, ? extends List<? extends T>> upcaster) {
            return step(newer, upcaster::upcast);
        }

        /** To nothing: such events are passed over, as if they had not happened. */
        public Upcast dropped() {
            return step(List.of(), event -> List.of());
        }

        private Upcast step(List<? extends Class<?>> newer, Upcaster<F, List<?>> upcaster) {
            return new Upcast.Typed(old, List.copyOf(newer), event -> upcaster.upcast(old.cast(event)));
        }
    }

    /** A step from a tree, to be completed. */
    public static final class FromJson {

        private final StoredVersion old;

        private FromJson(StoredVersion old) {
            this.old = old;
        }

        /** To a version of the same name. The tree may be changed and returned, or another one. */
        public Upcast to(int version,
                Upcaster<Map<String, @Nullable Object>, Map<String, @Nullable Object>> upcaster) {
            return to(old.type(), version, upcaster);
        }

        /** To another name, or the same, in a version. The tree may be changed and returned, or another one. */
        public Upcast to(String name, int version,
                Upcaster<Map<String, @Nullable Object>, Map<String, @Nullable Object>> upcaster) {
            StoredVersion newer = new StoredVersion(name, version);
            return new Upcast.Json(old, List.of(newer), tree -> List.of(new JsonEvent(newer, upcaster.upcast(tree))));
        }

        /** To another name, with the same contents. */
        public Upcast renamedTo(String name, int version) {
            return to(name, version, tree -> tree);
        }

        /** To any number of events, in their order, of the names and versions that are declared. */
        public Upcast toMany(List<StoredVersion> newer,
                Upcaster<Map<String, @Nullable Object>, List<JsonEvent>> upcaster) {
            return new Upcast.Json(old, newer, upcaster);
        }

        /** To nothing: such events are passed over, as if they had not happened. */
        public Upcast dropped() {
            return new Upcast.Json(old, List.of(), tree -> List.of());
        }
    }
}
