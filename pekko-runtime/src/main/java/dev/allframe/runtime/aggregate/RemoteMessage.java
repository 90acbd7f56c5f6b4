package dev.allframe.runtime.aggregate;

/** Marks what travels between nodes; bound to our CBOR serializer. */
public sealed interface RemoteMessage permits AggregateMessage.Execute, AggregateMessage.Reply {}
