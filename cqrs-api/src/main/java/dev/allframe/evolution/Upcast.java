package dev.allframe.evolution;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One declared step from an old stored form to newer ones. Made by {@link Upcasters}; the cases are for codecs. */
public sealed interface Upcast {

    /**
     * From an old class, whose annotation names what it reads.
     *
     * @param from the old class
     * @param to the classes that it may become; none where the event is dropped
     * @param upcaster gives the newer events in their order
     */
    record Typed(Class<?> from, List<Class<?>> to, Upcaster<Object, List<?>> upcaster) implements Upcast {
        public Typed {
            to = List.copyOf(to);
        }
    }

    /**
     * From an old class by the {@link AutoUpcaster} of the newer one.
     *
     * @param from the old class
     * @param to the newer class
     */
    record Auto(Class<?> from, Class<?> to) implements Upcast {}

    /**
     * From a tree.
     *
     * @param from the stored name, without the aggregate's name, and the version
     * @param to what it may become; none where the event is dropped
     * @param upcaster gives the newer events in their order
     */
    record Json(StoredVersion from, List<StoredVersion> to,
            Upcaster<Map<String, @Nullable Object>, List<JsonEvent>> upcaster) implements Upcast {
        public Json {
            to = List.copyOf(to);
        }
    }
}
