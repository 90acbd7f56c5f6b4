package dev.allframe.store.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A tree has what was put into it, whatever is changed later. */
final class SortedTreeTest {

    private static final int EDITS = 200;
    private static final int KEYS = 150;

    @Test
    void every_tree_keeps_its_keys_while_later_ones_are_made_by_edits_of_any_size() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        Random random = new Random(seed);
        List<SortedTree> trees = new ArrayList<>(List.of(SortedTree.EMPTY));
        List<Map<Integer, Integer>> expected = new ArrayList<>(List.of(new TreeMap<>()));

        for (int i = 0; i < EDITS; i++) {
            int from = random.nextInt(trees.size());
            SortedTree.Edit edit = trees.get(from).edit();
            Map<Integer, Integer> entries = new TreeMap<>(expected.get(from));
            int changes = random.nextInt(KEYS);
            for (int change = 0; change < changes; change++) {
                int key = random.nextInt(KEYS);
                if (random.nextInt(3) == 0) {
                    edit.remove(bytes(key));
                    entries.remove(key);
                } else {
                    edit.put(bytes(key), bytes(change));
                    entries.put(key, change);
                }
            }
            trees.add(edit.done());
            expected.add(entries);
        }

        for (int i = 0; i < trees.size(); i++) {
            assertThat(entries(trees.get(i))).as("tree %d", i).isEqualTo(expected.get(i));
        }
    }

    @Test
    void an_edit_that_is_done_cannot_change_its_tree() {
        SortedTree.Edit edit = SortedTree.EMPTY.edit().put(bytes(1), bytes(1));
        SortedTree made = edit.done();

        assertThatThrownBy(() -> edit.put(bytes(1), bytes(2))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> edit.remove(bytes(1))).isInstanceOf(IllegalStateException.class);

        assertThat(entries(made)).isEqualTo(Map.of(1, 1));
    }

    private static Map<Integer, Integer> entries(SortedTree tree) {
        Map<Integer, Integer> entries = new TreeMap<>();
        int before = -1;
        try (Cursor cursor = tree.cursor(KeyRange.all(), false)) {
            while (cursor.next()) {
                int key = number(cursor.key());
                assertThat(key).isGreaterThan(before);
                assertThat(tree.get(cursor.key())).isEqualTo(cursor.value());
                entries.put(key, number(cursor.value()));
                before = key;
            }
        }
        return entries;
    }

    private static byte[] bytes(int number) {
        return new byte[]{(byte) (number >>> Byte.SIZE), (byte) number};
    }

    private static int number(byte[] bytes) {
        return ((bytes[0] & 0xFF) << Byte.SIZE) | (bytes[1] & 0xFF);
    }
}
