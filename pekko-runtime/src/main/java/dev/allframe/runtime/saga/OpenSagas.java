package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.projection.View;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import dev.allframe.store.EventStore;

/**
 * What the sagas of a running AllFrame are told and read by.
 *
 * @param machine the aggregate of all sagas
 * @param entrance tells them
 * @param store their records
 * @param view the view of all of them
 * @param storeId the store
 */
record OpenSagas(AggregateType<SagaCommand, SagaEvent, SagaState> machine, SagaEntrance entrance,
        EventStore<SagaEvent> store, View<String, SagaRow> view, String storeId) {}
