package dev.allframe.journal.allsource.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.CommandRecord.Accepted;
import dev.allframe.store.CommandRecord.Outcome;
import dev.allframe.store.CommandRecord.Refused;
import dev.allframe.store.CommandRecord.Unchanged;
import dev.allframe.store.CommandRecord.Voided;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The memory of a command in JSON. */
final class CommandJson {

    private CommandJson() {}

    static ObjectNode of(CommandRecord command) {
        ObjectNode json = Json.object();
        json.put("id", command.commandId());
        json.put("fingerprint", command.fingerprint());
        json.put("firstSequenceNr", command.firstSequenceNr());
        json.put("lastSequenceNr", command.lastSequenceNr());
        switch (command.outcome()) {
            case Accepted accepted -> json.put("outcome", "accepted");
            case Unchanged unchanged -> json.put("outcome", "unchanged");
            case Voided voided -> json.put("outcome", "voided");
            case Refused(Refusal refusal) -> {
                json.put("outcome", "refused");
                json.put("code", refusal.code());
                json.put("message", refusal.message());
                ObjectNode details = json.putObject("details");
                new TreeMap<>(refusal.details()).forEach(details::put);
            }
        }
        return json;
    }

    /** @throws IllegalArgumentException if this is none */
    static CommandRecord read(JsonNode json) {
        String outcome = json.required("outcome").asText();
        Outcome read = switch (outcome) {
            case "accepted" -> new Accepted();
            case "unchanged" -> new Unchanged();
            case "voided" -> new Voided();
            case "refused" -> new Refused(new Refusal(json.required("code").textValue(),
                    json.required("message").textValue(), texts(json.required("details"))));
            default -> throw new IllegalArgumentException("a command has no outcome '" + outcome + "'");
        };
        return new CommandRecord(json.required("id").textValue(), json.required("fingerprint").textValue(), read,
                json.required("firstSequenceNr").longValue(), json.required("lastSequenceNr").longValue());
    }

    /** Names and texts. */
    static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new HashMap<>();
        json.properties().forEach(member -> texts.put(member.getKey(), member.getValue().textValue()));
        return texts;
    }
}
