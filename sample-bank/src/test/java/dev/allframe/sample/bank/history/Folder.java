package dev.allframe.sample.bank.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Folders of the data set for tests: committed ones, and ones that a test writes. */
public final class Folder {

    static final String ACCOUNTS = """
            account_id;district_id;frequency;date
            1;1;x;930101
            """;
    static final String HEADER = "trans_id;account_id;date;type;operation;amount;balance;k_symbol;bank;account\n";

    private Folder() {}

    /** A folder under {@code src/test/resources}. */
    public static Path committed(String name) {
        try {
            URL url = Objects.requireNonNull(Folder.class.getResource("/" + name), name);
            return Path.of(url.toURI());
        } catch (URISyntaxException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /**
     * A folder with one account, number 1, and transactions: {@code 7;1;930101;PRIJEM;VKLAD;700.00;700.00;;;} and so
     * on.
     */
    public static Path written(Path folder, String... transactions) {
        write(folder.resolve("account.asc"), ACCOUNTS);
        write(folder.resolve("trans.asc"), HEADER + String.join("\n", transactions) + "\n");
        return folder;
    }

    /** A file in a folder that may have to be made. */
    public static Path write(Path file, String text) {
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
