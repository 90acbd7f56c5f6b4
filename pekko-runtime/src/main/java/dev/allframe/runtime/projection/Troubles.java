package dev.allframe.runtime.projection;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is wrong with a view, by the part that is affected, so that a part that works again is not reported. For one
 * thread.
 */
final class Troubles {

    private final Map<String, String> byPart = new LinkedHashMap<>();
    private final Progress progress;

    Troubles(Progress progress) {
        this.progress = progress;
        show();
    }

    void set(String part, String trouble) {
        if (trouble.isEmpty()) {
            clear(part);
        } else {
            byPart.put(part, trouble);
            show();
        }
    }

    void clear(String part) {
        if (byPart.remove(part) != null) {
            show();
        }
    }

    void clearAll() {
        byPart.clear();
        show();
    }

    private void show() {
        progress.trouble(String.join("; ", byPart.values()));
    }
}
