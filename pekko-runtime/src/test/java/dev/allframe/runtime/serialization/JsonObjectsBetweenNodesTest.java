package dev.allframe.runtime.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.jackson.DomainJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Between nodes, a JSON object keeps its order and the text of each number, which CBOR would change. */
final class JsonObjectsBetweenNodesTest {

    private static final CBORMapper CBOR = DomainJson.configure(CBORMapper.builder()).build();

    private static final JsonObject OBJECT = JsonObject.of("""
            {"z":1.50,"a":[-0.0,1e2,1E+2,12345678901234567890123,0.1,{"é":null,"b":{}}],"t":true}""");

    sealed interface Effect {
        @Stored("call")
        record Call(JsonObject input) implements Effect {}
    }

    record Message(StoredValue value, Optional<JsonObject> some, List<JsonObject> all, Map<String, JsonObject> byName,
            Effect effect) {}

    record Text(String input) {}

    record Input(JsonObject input) {}

    @Test
    void an_object_is_read_with_the_text_that_it_had() throws Exception {
        Message message = new Message(new StoredValue("a.b", 1, OBJECT), Optional.of(OBJECT), List.of(OBJECT),
                Map.of("one", OBJECT), new Effect.Call(OBJECT));

        Message read = CBOR.readValue(CBOR.writeValueAsBytes(message), Message.class);

        assertThat(read).isEqualTo(message);
        assertThat(read.value().data().text()).isEqualTo(OBJECT.text());
        assertThat(((Effect.Call) read.effect()).input().text()).isEqualTo(OBJECT.text());
    }

    @Test
    void a_text_is_no_object() throws Exception {
        byte[] text = CBOR.writeValueAsBytes(new Text("{}"));

        assertThatThrownBy(() -> CBOR.readValue(text, Input.class)).isInstanceOf(JsonProcessingException.class);
    }
}
