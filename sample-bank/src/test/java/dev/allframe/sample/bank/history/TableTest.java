package dev.allframe.sample.bank.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableTest {

    private static final String HEADER = "a;b\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    private final List<String> rows = new ArrayList<>();
    private final List<Integer> bad = new ArrayList<>();

    private void read(String text) {
        new Table(Folder.write(temp.resolve("t.asc"), text)).read(List.of("a", "b"), row -> {
            Located<String> says = row.says(row.text("a") + "|" + row.text("b"));
            rows.add(says.line() + ":" + says.row());
        }, line -> bad.add(line.line()));
    }

    @Test
    void a_quoted_field_may_have_line_breaks_and_its_row_stands_at_its_first_line() {
        read(HEADER + "1;\"x\n\ny\"\n2;\"\"\"q\"\"\r\n\"\r\n3;z\n");

        assertThat(rows).containsExactly("2:1|x\n\ny", "5:2|\"q\"", "7:3|z");
        assertThat(bad).isEmpty();
    }

    @Test
    void a_quote_that_is_never_closed_costs_its_own_line() {
        read(HEADER + "1;\"x\n2;y\n3;z\n");

        assertThat(bad).containsExactly(2);
        assertThat(rows).containsExactly("3:2|y", "4:3|z");
    }

    @Test
    void a_quote_that_is_closed_far_behind_costs_its_own_lines() {
        String lines = String.join("\n", IntStream.range(0, 200).mapToObj(i -> i + ";x").toList());

        read(HEADER + "1;\"x\n" + lines + "\n2;y\"\n3;z\n");

        assertThat(bad).containsExactly(2);
        assertThat(rows).hasSize(202).endsWith("203:2|y\"", "204:3|z");
    }

    @Test
    void a_quote_in_the_middle_of_a_field_is_text() {
        read(HEADER + "1;5\" nail\n2;y\n");

        assertThat(rows).containsExactly("2:1|5\" nail", "3:2|y");
    }

    @Test
    void a_line_of_any_length_is_one_malformed_line() {
        read(HEADER + "1;" + "x".repeat(3 * Lines.MAX_CHARS) + "\n2;\"" + "y".repeat(3 * Lines.MAX_CHARS) + "\n3;z");

        assertThat(bad).containsExactly(2, 3);
        assertThat(rows).containsExactly("4:3|z");
    }

    @Test
    void line_ends_of_all_kinds_and_the_last_without_one_are_understood() {
        read("a;b\r1;x\r\n\r\n2;y\n\n3;z");

        assertThat(rows).containsExactly("2:1|x", "4:2|y", "6:3|z");
    }

    /** Whatever is damaged, each row is read or told, and those at a distance from the damage are read. */
    @Test
    void no_damage_ends_a_file() throws IOException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        byte[][] harm = {{'"'}, {'"', ';'}, {0}, {'\n'}, {'\r'}, {(byte) 0xff}, {(byte) 0xef, (byte) 0xbf, (byte) 0xbe},
                {';'}, {(byte) 0xc3}, {'\\'}, {'#'}, {' ', '"'}, {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, {0x1a}};
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes(Folder.HEADER.getBytes(StandardCharsets.UTF_8));
            int damaged = 20 + random.nextInt(20);
            for (int i = 0; i < 200; i++) {
                byte[] row = (i + ";1;930101;PRIJEM;VKLAD;1.00;1.00;\"two\nlines\";;\n")
                        .getBytes(StandardCharsets.UTF_8);
                if (i == damaged || i == damaged + 1) {
                    int at = random.nextInt(row.length);
                    file.write(row, 0, at);
                    file.writeBytes(harm[random.nextInt(harm.length)]);
                    int left = Math.max(0, row.length - at - random.nextInt(3));
                    file.write(row, row.length - left, left);
                } else {
                    file.writeBytes(row);
                }
            }
            Folder.written(temp);
            Files.write(temp.resolve("trans.asc"), file.toByteArray());

            BerkaFolder folder = BerkaFolder.read(temp, false);

            List<String> ids = folder.transactions().stream().map(located -> located.row().id()).toList();
            assertThat(ids).containsAll(IntStream.range(0, 200)
                    .filter(i -> i < damaged - 1 || i > damaged + 110)
                    .mapToObj(String::valueOf)
                    .toList());
            assertThat(folder.badLines()).allSatisfy(line -> assertThat(line.line()).isGreaterThan(2 * damaged));
            int told = folder.badLines().size() + ids.size();
            assertThat(told).isGreaterThanOrEqualTo(200 - 55).isLessThanOrEqualTo(2 * 200);
        }
    }

    @Test
    void whatever_stands_in_a_field_is_one_malformed_line_at_most() {
        String[] odd = {"", "x", "-1", "1e9", "99999999999999999999", "9".repeat(300), "930231", "000000",
                "-999999999-01-01",
                "+999999999-12-31", "\u0000", "\u200b", "\ud83d\ude00", "NaN", "0x10", "١٢", "1,5", "'", "\t"};
        String[] good = {"7", "1", "930101", "PRIJEM", "VKLAD", "1.00", "1.00", "", "", ""};
        List<String> lines = new ArrayList<>();
        for (int field = 0; field < good.length; field++) {
            for (String value : odd) {
                String[] row = good.clone();
                row[0] = String.valueOf(100 + lines.size());
                row[field] = value;
                lines.add(String.join(";", row));
            }
        }
        Folder.written(temp, lines.toArray(String[]::new));

        BerkaFolder folder = BerkaFolder.read(temp, false);

        assertThat(folder.badLines().size() + folder.transactions().size()).isEqualTo(lines.size());
        assertThat(folder.badLines()).doesNotHaveDuplicates()
                .allSatisfy(line -> assertThat(line.reason()).doesNotContain("makes no sense"));
    }
}
