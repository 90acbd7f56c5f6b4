package dev.allframe.journal.conformance;

import org.apache.pekko.actor.ActorRef;

/**
 * A payload that can be serialized only where Pekko's transport information is set.
 *
 * @param ref an actor of the system under test
 */
record ActorPayload(ActorRef ref) {}
