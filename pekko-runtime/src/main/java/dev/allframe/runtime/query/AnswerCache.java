package dev.allframe.runtime.query;

import dev.allframe.runtime.projection.RowsDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one query type, those that were used last. An answer stands for the rows from which it was made, and
 * holds wherever the views have equal rows: their digests tell, and not their positions, which move with every event of
 * a store. The digest of an answer is that of the snapshot that the handler has read, so that an answer is never taken
 * for newer than it is. Its owner guards it.
 */
final class AnswerCache<R> {

    /**
     * An answer.
     *
     * @param value the answer
     * @param digests of the rows from which it was made, by view
     * @param madeAtMillis when the handler began to read
     */
    record Kept<R>(R value, List<@Nullable RowsDigest> digests, long madeAtMillis) {}

    private final Map<QueryKey, Kept<R>> answers = new LinkedHashMap<>(16, 0.75f, true);
    private final int most;
    private final long forMillis;

    AnswerCache(int most, long forMillis) {
        this.most = most;
        this.forMillis = forMillis;
    }

    /**
     * The answer that holds for these rows; null for none. One that is from the future was made before the clock was
     * set back, and nobody knows how old it is.
     */
    @Nullable Kept<R> get(QueryKey query, List<@Nullable RowsDigest> served, long nowMillis) {
        Kept<R> kept = answers.get(query);
        if (kept == null) {
            return null;
        }
        long age = nowMillis - kept.madeAtMillis;
        if (age >= 0 && age < forMillis && kept.digests.equals(served)) {
            return kept;
        }
        answers.remove(query);
        return null;
    }

    void put(QueryKey query, Kept<R> answer) {
        answers.put(query, answer);
        if (answers.size() > most) {
            answers.remove(answers.keySet().iterator().next());
        }
    }

    int size() {
        return answers.size();
    }
}
