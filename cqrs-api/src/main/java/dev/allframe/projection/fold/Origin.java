package dev.allframe.projection.fold;

import dev.allframe.codec.RowCodec;
import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a generation was made from and by. Where one of these differs, its rows are not those that today's code makes of
 * this store.
 *
 * @param storeId the store whose events it has
 * @param definition the version of the handlers, the keys, the shape of rows, the sources and the indexes, each a text
 */
public record Origin(String storeId, List<String> definition) {

    private static final String VERSION = "version ";

    public Origin {
        definition = List.copyOf(definition);
    }

    /** Of a view, as its code is. */
    public static <K, R> Origin of(String storeId, ProjectionType<K, R> type, RowCodec<R> rows) {
        List<String> definition = new ArrayList<>();
        definition.add(VERSION + type.version().number());
        definition.add("keys " + type.keys().description());
        definition.add("rows " + rows.schema());
        for (ProjectionType.Source<?, K, R> source : type.sources()) {
            definition.add("source " + source.aggregate().name());
        }
        for (Index<R, ?> index : type.indexes()) {
            definition.add("index " + index.name() + " " + index.keys().description());
        }
        type.meaning().forEach(part -> definition.add("meaning " + part));
        return new Origin(storeId, definition);
    }

    /** The version of the code; 0 where the definition has none. */
    public int version() {
        for (String part : definition) {
            if (part.startsWith(VERSION)) {
                return Integer.parseInt(part.substring(VERSION.length()));
            }
        }
        return 0;
    }

    /** What differs, in words; empty where nothing does. */
    public List<String> differences(Origin other) {
        List<String> differences = new ArrayList<>();
        if (!storeId.equals(other.storeId)) {
            differences.add("store " + storeId + " is not " + other.storeId);
        }
        definition.stream()
                .filter(part -> !other.definition.contains(part))
                .forEach(part -> differences.add("'" + part + "' was there alone"));
        other.definition.stream()
                .filter(part -> !definition.contains(part))
                .forEach(part -> differences.add("'" + part + "' is new"));
        if (differences.isEmpty() && !definition.equals(other.definition)) {
            differences.add("the order of sources or indexes differs");
        }
        return differences;
    }
}
