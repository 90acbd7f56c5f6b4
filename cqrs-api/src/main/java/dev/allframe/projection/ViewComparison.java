package dev.allframe.projection;

import dev.allframe.store.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows beside other rows that should be the same.
 *
 * @param view the name of the view
 * @param position up to where both have applied the store
 * @param rows how many rows the first has
 * @param otherRows how many rows the other has
 * @param digest the digest of the first one's rows
 * @param otherDigest the digest of the other one's rows
 * @param different how many keys differ
 * @param differences the first of these, in the order of the keys
 */
public record ViewComparison(String view, Position position, long rows, long otherRows, String digest,
        String otherDigest, long different, List<Difference> differences) {

    /**
     * A key with what it has in both.
     *
     * @param key the key
     * @param row the first one's row; null for none
     * @param otherRow the other one's row; null for none
     */
    public record Difference(Object key, @Nullable Object row, @Nullable Object otherRow) {

        /** How they differ. */
        public Kind kind() {
            return otherRow == null ? Kind.ONLY_FIRST : row == null ? Kind.ONLY_OTHER : Kind.DIFFERS;
        }
    }

    /** How two rows differ. */
    public enum Kind {
        /** The first has a row, and the other has none. */
        ONLY_FIRST,
        /** The other has a row, and the first has none. */
        ONLY_OTHER,
        /** Both have a row, and these differ. */
        DIFFERS
    }

    public ViewComparison {
        differences = List.copyOf(differences);
    }

    /** Whether nothing differs. */
    public boolean isSame() {
        return different == 0;
    }
}
