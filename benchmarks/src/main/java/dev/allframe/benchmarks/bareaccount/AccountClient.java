package dev.allframe.benchmarks.bareaccount;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Execute;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Invalid;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Message;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Options;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Reply;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Stop;
import dev.allframe.benchmarks.bareaccount.AccountEntity.TimedOut;
import dev.allframe.benchmarks.bareaccount.AccountEntity.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** Hosts the accounts in the cluster and sends them commands. Thread-safe; the stages never fail. */
public final class AccountClient {

    private static final EntityTypeKey<Message> ACCOUNT = EntityTypeKey.create(Message.class, "account");

    private final ClusterSharding sharding;
    private final Duration timeout;
    private final ObjectMapper json;
    private final Validator validator = Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();

    public AccountClient(ActorSystem<?> system, Duration timeout) {
        this.sharding = ClusterSharding.get(system);
        this.timeout = timeout;
        this.json = JacksonObjectMapperProvider.get(system).getOrCreate("jackson-json", Optional.empty());
        sharding.init(Entity.of(ACCOUNT, context -> AccountEntity.create(context.getEntityId()))
                .withStopMessage(Stop.INSTANCE));
    }

    public CompletionStage<Reply> send(String id, AccountCommand command, Options options) {
        List<Violation> violations = id.isEmpty() || id.contains("|")
                ? List.of(new Violation("id", "must not be empty and must not contain '|'", "InstanceId", id))
                : violations(command);
        if (!violations.isEmpty()) {
            return CompletableFuture.completedFuture(new Invalid(violations));
        }
        String fingerprint = fingerprint(command);
        return sharding.entityRefFor(ACCOUNT, id)
                .<Reply>ask(replyTo -> new Execute(command, options, fingerprint, replyTo), timeout)
                .exceptionally(failure -> new TimedOut(failure.toString()));
    }

    private List<Violation> violations(AccountCommand command) {
        return validator.validate(command)
                .stream()
                .map(AccountClient::violation)
                .sorted(Comparator.comparing(Violation::path).thenComparing(Violation::code))
                .toList();
    }

    private static Violation violation(ConstraintViolation<AccountCommand> violation) {
        return new Violation(violation.getPropertyPath().toString(), violation.getMessage(),
                violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName(),
                String.valueOf(violation.getInvalidValue()));
    }

    private String fingerprint(AccountCommand command) {
        try {
            byte[] bytes = json.writeValueAsBytes(command);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (JsonProcessingException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
