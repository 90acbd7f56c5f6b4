package dev.allframe.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.schema.Schema.Member;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** One test for each rule of the table in {@code docs/events.md}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CompatibilityTest {

    private static final Schema TEXT = new Schema.Text("");
    private static final Schema NUMBER = new Schema.Decimal(false);
    private static final Schema WHOLE = new Schema.Whole(null, null);

    private static TypeSchema type(int version, Schema schema) {
        return new TypeSchema("account.opened", version, schema, Map.of());
    }

    private static Schema.Members object(Object... members) {
        Map<String, Member> byName = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            byName.put((String) members[i],
                    members[i + 1] instanceof Member member ? member : new Member((Schema) members[i + 1], 0));
        }
        return new Schema.Members(byName, false);
    }

    private static Schema open(Schema.Members members) {
        return new Schema.Members(members.members(), true);
    }

    private static Schema whole(long least, long most) {
        return new Schema.Whole(BigInteger.valueOf(least), BigInteger.valueOf(most));
    }

    private static Schema oneOf(String... values) {
        return new Schema.Choice(Set.of(values));
    }

    private static List<String> backward(Schema older, Schema newer) {
        return Compatibility.differences(type(1, older), type(2, newer)).stream().map(Object::toString).toList();
    }

    private static List<String> forward(Schema older, Schema newer) {
        return Compatibility.differences(type(2, newer), type(1, older)).stream().map(Object::toString).toList();
    }

    @Test
    void nothing_changed() {
        Schema same = object("owner", TEXT, "limit", NUMBER);
        assertThat(backward(same, same)).isEmpty();
        assertThat(forward(same, same)).isEmpty();
    }

    @Test
    void a_required_member_was_added() {
        Schema older = object("owner", TEXT);
        Schema newer = object("owner", TEXT, "branch", TEXT);
        assertThat(backward(older, newer)).containsExactly("branch: is not written, and has no default there");
        assertThat(forward(older, newer)).containsExactly("branch: is written, and is not known");
    }

    @Test
    void a_member_with_a_default_was_added() {
        Schema.Members older = object("owner", TEXT);
        Schema newer = object("owner", TEXT, "branch", new Member(TEXT, 2));
        assertThat(backward(older, newer)).isEmpty();
        assertThat(forward(older, newer)).containsExactly("branch: is written, and is not known");
        assertThat(forward(open(older), newer)).as("where the older ignores what it does not know").isEmpty();
    }

    @Test
    void a_member_with_a_default_for_older_versions_than_that_was_added() {
        Schema older = object("owner", TEXT);
        Schema newer = object("owner", TEXT, "branch", new Member(TEXT, 1));
        assertThat(backward(older, newer)).containsExactly("branch: is not written, and has no default there");
    }

    @Test
    void a_member_was_removed() {
        Schema older = object("owner", TEXT, "branch", TEXT);
        Schema.Members newer = object("owner", TEXT);
        assertThat(backward(older, newer)).containsExactly("branch: is written, and is not known");
        assertThat(backward(older, open(newer))).as("where the newer ignores what it does not know").isEmpty();
        assertThat(forward(older, newer)).containsExactly("branch: is not written, and has no default there");
    }

    @Test
    void a_member_was_renamed() {
        Schema older = object("owner", TEXT);
        Schema newer = object("holder", TEXT);
        assertThat(backward(older, newer)).containsExactly("owner: is written, and is not known",
                "holder: is not written, and has no default there");
        assertThat(forward(older, newer)).hasSize(2);
    }

    @Test
    void a_type_was_changed() {
        assertThat(backward(object("limit", NUMBER), object("limit", TEXT)))
                .containsExactly("limit: is a number, and text is read");
        assertThat(forward(object("limit", NUMBER), object("limit", TEXT)))
                .containsExactly("limit: is text, and a number is read");
    }

    @Test
    void a_whole_number_became_any_number() {
        assertThat(backward(object("limit", WHOLE), object("limit", NUMBER))).isEmpty();
        assertThat(forward(object("limit", WHOLE), object("limit", NUMBER)))
                .containsExactly("limit: is a number, and a whole number is read");
    }

    @Test
    void a_range_became_wider() {
        assertThat(backward(object("day", whole(1, 31)), object("day", whole(0, 366)))).isEmpty();
        assertThat(backward(object("day", whole(1, 31)), object("day", WHOLE))).isEmpty();
        assertThat(forward(object("day", whole(1, 31)), object("day", whole(0, 366))))
                .containsExactly("day: is a whole number from 0 to 366, and a whole number from 1 to 31 is read");
        assertThat(forward(object("day", whole(1, 31)), object("day", WHOLE))).hasSize(1);
    }

    @Test
    void an_enum_was_widened() {
        assertThat(backward(object("kind", oneOf("A")), object("kind", oneOf("A", "B")))).isEmpty();
        assertThat(forward(object("kind", oneOf("A")), object("kind", oneOf("A", "B"))))
                .containsExactly("kind: may be B, which is not known");
    }

    @Test
    void an_enum_was_narrowed() {
        assertThat(backward(object("kind", oneOf("A", "B")), object("kind", oneOf("A"))))
                .containsExactly("kind: may be B, which is not known");
        assertThat(forward(object("kind", oneOf("A", "B")), object("kind", oneOf("A")))).isEmpty();
    }

    @Test
    void a_list_became_a_set() {
        Schema list = object("tags", new Schema.Items(TEXT, false));
        Schema set = object("tags", new Schema.Items(TEXT, true));
        assertThat(backward(list, set)).containsExactly("tags: may have an item twice, which is read as one");
        assertThat(forward(list, set)).isEmpty();
    }

    @Test
    void the_keys_of_a_map_changed() {
        Schema anyKey = object("limits", new Schema.Entries(TEXT, WHOLE));
        Schema twoKeys = object("limits", new Schema.Entries(oneOf("A", "B"), WHOLE));
        assertThat(backward(twoKeys, anyKey)).isEmpty();
        assertThat(forward(twoKeys, anyKey))
                .containsExactly("limits{name}: is text, and one of A, B is read");
        assertThat(backward(object("limits", object("A", WHOLE)), twoKeys)).isEmpty();
        assertThat(backward(object("limits", object("C", WHOLE)), twoKeys))
                .containsExactly("limits{name}: may be C, which is not known");
    }

    @Test
    void a_map_became_an_object_that_ignores_what_it_does_not_know() {
        Schema map = object("limits", new Schema.Entries(TEXT, WHOLE));
        assertThat(backward(map, object("limits", open(object())))).isEmpty();
        assertThat(backward(map, object("limits", open(object("day", new Member(WHOLE, 2)))))).isEmpty();
        assertThat(backward(map, object("limits", open(object("day", WHOLE)))))
                .containsExactly("limits.day: may not be written, and has no default there");
        assertThat(backward(map, object("limits", open(object("day", new Member(TEXT, 2))))))
                .containsExactly("limits.day: is a whole number, and text is read");
        assertThat(backward(map, object("limits", object())))
                .containsExactly("limits: is a map, and an object is read");
    }

    @Test
    void a_form_of_text_became_any_text() {
        Schema older = object("at", new Schema.Text("date-time"));
        assertThat(backward(older, object("at", TEXT))).isEmpty();
        assertThat(forward(older, object("at", TEXT))).containsExactly("at: is text, and date-time is read");
        assertThat(backward(object("at", oneOf("A")), object("at", TEXT))).isEmpty();
    }

    @Test
    void null_became_possible() {
        Schema older = object("owner", TEXT);
        Schema newer = object("owner", new Schema.OrNull(TEXT));
        assertThat(backward(older, newer)).isEmpty();
        assertThat(forward(older, newer)).containsExactly("owner: may be null, which is not read");
    }

    @Test
    void a_nested_object_changed() {
        Schema older = object("amount", object("value", TEXT));
        Schema newer = object("amount", object("value", TEXT, "currency", TEXT));
        assertThat(backward(older, newer)).containsExactly("amount.currency: is not written, and has no default there");
        assertThat(forward(older, newer)).containsExactly("amount.currency: is written, and is not known");
    }

    @Test
    void the_items_of_a_collection_changed() {
        Schema older = object("lines", new Schema.Items(object("text", TEXT), false));
        Schema newer = object("lines", new Schema.Items(object("text", NUMBER), false));
        assertThat(backward(older, newer)).containsExactly("lines[].text: is text, and a number is read");
        assertThat(backward(object("lines", new Schema.Items(TEXT, false)), object("lines", TEXT)))
                .containsExactly("lines: is an array, and text is read");
    }

    @Test
    void the_values_of_a_map_changed() {
        Schema older = object("limits", new Schema.Entries(TEXT, WHOLE));
        assertThat(backward(older, object("limits", new Schema.Entries(TEXT, NUMBER)))).isEmpty();
        assertThat(backward(older, object("limits", new Schema.Entries(TEXT, TEXT))))
                .containsExactly("limits{}: is a whole number, and text is read");
    }

    @Test
    void a_case_was_added() {
        Schema older = object("by", new Schema.Cases(Map.of("card", object("number", TEXT))));
        Schema newer = object("by",
                new Schema.Cases(Map.of("card", object("number", TEXT), "cash", object())));
        assertThat(backward(older, newer)).isEmpty();
        assertThat(forward(older, newer)).containsExactly("by<cash>: is a case that is not known");
    }

    @Test
    void a_case_changed() {
        Schema older = object("by", new Schema.Cases(Map.of("card", object("number", TEXT))));
        Schema newer = object("by", new Schema.Cases(Map.of("card", object("number", WHOLE))));
        assertThat(backward(older, newer))
                .containsExactly("by<card>.number: is text, and a whole number is read");
    }

    @Test
    void a_value_may_be_anything_now() {
        assertThat(backward(object("x", object("y", TEXT)), object("x", new Schema.Anything()))).isEmpty();
        assertThat(forward(object("x", TEXT), object("x", new Schema.Anything())))
                .containsExactly("x: is anything, and text is read");
    }

    @Test
    void a_schema_that_contains_itself_is_compared_once() {
        TypeSchema tree = tree(TEXT);
        assertThat(Compatibility.differences(tree, tree(TEXT))).isEmpty();
        assertThat(Compatibility.differences(tree, tree(NUMBER))).extracting(Object::toString)
                .containsExactly("name: is text, and a number is read");
    }

    private static TypeSchema tree(Schema name) {
        Schema node = object("name", name, "children", new Schema.Items(new Schema.Reference("node"), false));
        return new TypeSchema("tree.grown", 1, node, Map.of("node", node));
    }
}
