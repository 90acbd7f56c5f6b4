package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints in what two versions of a view differ. */
final class Compared {

    private Compared() {}

    /** The exit code: good where nothing differs. */
    static int print(ViewComparison found, int oldVersion, int newVersion, Output output) {
        if (output.isJson()) {
            output.printJson(json(found, oldVersion, newVersion));
        } else {
            output.print("%s at record %,d: version %d has %,d rows, version %d has %,d; %s", found.view(),
                    found.position().index(), oldVersion, found.rows(), newVersion, found.otherRows(), found.isSame()
                            ? "readers are given the same by both"
                            : String.format(Locale.ROOT, "%,d differ", found.different()));
            for (Difference each : found.differences()) {
                output.print("  %s: %s", each.key(), kind(each));
                print("old", each.row(), output);
                print("new", each.otherRow(), output);
            }
        }
        return found.isSame() ? 0 : Bank.NOT_GOOD;
    }

    private static void print(String version, @Nullable Object row, Output output) {
        if (row != null) {
            output.print("    %s  %s", version, row);
        }
    }

    private static String kind(Difference difference) {
        return switch (difference.kind()) {
            case ONLY_FIRST -> "only old";
            case ONLY_OTHER -> "only new";
            case DIFFERS -> "differs";
        };
    }

    private static Map<String, Object> json(ViewComparison found, int oldVersion, int newVersion) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("view", found.view());
        json.put("position", found.position().index());
        json.put("oldVersion", oldVersion);
        json.put("newVersion", newVersion);
        json.put("oldRows", found.rows());
        json.put("newRows", found.otherRows());
        json.put("oldDigest", found.digest());
        json.put("newDigest", found.otherDigest());
        json.put("different", found.different());
        json.put("differences", found.differences().stream().map(each -> {
            Map<String, Object> difference = new LinkedHashMap<>();
            difference.put("key", each.key().toString());
            difference.put("difference", kind(each));
            difference.put("old", each.row() == null ? null : each.row().toString());
            difference.put("new", each.otherRow() == null ? null : each.otherRow().toString());
            return difference;
        }).toList());
        return json;
    }
}
