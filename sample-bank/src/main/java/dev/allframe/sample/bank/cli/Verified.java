package dev.allframe.sample.bank.cli;

import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewComparison.Difference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what a comparison of rows has found. */
final class Verified {

    private Verified() {}

    /** The exit code: good where nothing differs. */
    static int print(ViewComparison found, Output output) {
        if (output.isJson()) {
            output.printJson(json(found));
        } else {
            output.print("%s at record %,d: %,d rows are served, %,d are made anew; %s", found.view(),
                    found.position().index(), found.rows(), found.otherRows(), found.isSame()
                            ? "all are the same, digest " + found.digest()
                            : String.format(Locale.ROOT, "%,d differ", found.different()));
            for (Difference each : found.differences()) {
                output.print("  %s", each.key());
                output.print("    served  %s", text(each.row()));
                output.print("    anew    %s", text(each.otherRow()));
            }
            if (!found.isSame()) {
                output.print("a handler is not pure, or was changed under the same version: 'bank rebuild %s' makes the"
                        + " rows of today's code", found.view());
            }
        }
        return found.isSame() ? 0 : Bank.NOT_GOOD;
    }

    private static String text(@Nullable Object row) {
        return row == null ? "no row" : row.toString();
    }

    private static Map<String, Object> json(ViewComparison found) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("view", found.view());
        json.put("position", found.position().index());
        json.put("rows", found.rows());
        json.put("rowsAnew", found.otherRows());
        json.put("digest", found.digest());
        json.put("digestAnew", found.otherDigest());
        json.put("different", found.different());
        json.put("differences", found.differences().stream().map(each -> {
            Map<String, Object> difference = new LinkedHashMap<>();
            difference.put("key", each.key().toString());
            difference.put("served", text(each.row()));
            difference.put("anew", text(each.otherRow()));
            return difference;
        }).toList());
        return json;
    }
}
