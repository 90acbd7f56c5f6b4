package dev.allframe.saga;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sagas that were asked for.
 *
 * @param sagas how far they are
 * @param cursor where to go on; null where these were the last
 */
public record SagaPage(List<SagaStatus> sagas, @Nullable String cursor) {

    public SagaPage {
        sagas = List.copyOf(sagas);
    }

    /** Where to go on, for {@link SagaQuery#after}; empty where these were the last. */
    public Optional<String> next() {
        return Optional.ofNullable(cursor);
    }
}
