package dev.botgate.ratelimit;

import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.ReservedPermit.Reservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiting requests and their reservations.
 *
 * <p>Requests for the same scopes wait in one queue, which has as many reservations as waiters. A reservation goes to the first
 * waiter when it is due. So when a waiter leaves, those behind it move up, and the queue's last reservation is given back.
 * Background work waits behind other requests, unless that would make it too late. A waiter that cannot wait until the end of
 * the queue goes as near to the front as its ownIndex reservation allows. Safe on any thread.
 */
final class WaitQueues {
    private final Timers timers;
    private final Consumer<Reservation> giveBack;
    private final BiConsumer<Waiter, Reservation> admit;
    private final Map<Key, Queue> queues = new HashMap<>();
    private volatile int waiting;
    private volatile int inBackground;

    /** The scopes that all waiters of a queue ask for. */
    private record Key(List<String> scopes) {
        static Key of(PermitRequest request) {
            return new Key(request.scopes().stream().map(Scope::key).toList());
        }
    }

    private static final class Queue {
        final List<Waiter> waiters = new ArrayList<>();

        /** In order of time, as many as waiters. */
        final List<Slot> slots = new ArrayList<>();

        void join(Waiter waiter, Slot slot) {
            int ownIndex = slots.size();
            while (ownIndex > 0 && slots.get(ownIndex - 1).reservation.sendAt() > slot.reservation.sendAt()) {
                ownIndex--;
            }
            slots.add(ownIndex, slot);
            waiters.add(indexInTime(waiter, index(waiter), ownIndex), waiter);
        }

        /** The index for {@code waiter}; the waiters from there on move back by one reservation. */
        private int index(Waiter waiter) {
            int index = waiters.size();
            if (waiter.goesFirst()) {
                while (index > 0
                        && !waiters.get(index - 1).goesFirst()
                        && slots.get(index).reservation.sendAt()
                                <= waiters.get(index - 1).clientDeadline()) {
                    index--;
                }
                return index;
            }
            while (index > 0
                    && waiter.overtakes(waiters.get(index - 1))
                    && slots.get(index).reservation.sendAt()
                            <= waiters.get(index - 1).limitDeadline()) {
                index--;
            }
            return index;
        }

        /**
         * The index nearest to {@code index} at which {@code waiter} is in time, but not before its own reservation, so
         * that the waiters that it overtakes are in time as well.
         */
        private int indexInTime(Waiter waiter, int index, int ownIndex) {
            int nearest = index;
            while (nearest > ownIndex && slots.get(nearest).reservation.sendAt() > waiter.limitDeadline()) {
                nearest--;
            }
            return nearest;
        }
    }

    private static final class Slot {
        final Reservation reservation;
        Runnable cancelTimer = () -> {};

        Slot(Reservation reservation) {
            this.reservation = reservation;
        }
    }

    /**
     * @param giveBack gets reservations that no request needs any more
     * @param admit gets the first waiter of a queue and the reservation that is due, on any thread
     */
    WaitQueues(Timers timers, Consumer<Reservation> giveBack, BiConsumer<Waiter, Reservation> admit) {
        this.timers = timers;
        this.giveBack = giveBack;
        this.admit = admit;
    }

    /** Adds {@code waiter} and a reservation to their queue; the reservation is due in {@code delay} microseconds. */
    void join(Waiter waiter, Reservation reservation, long delay) {
        Key key = Key.of(reservation.request());
        Slot slot = new Slot(reservation);
        synchronized (queues) {
            Queue queue = queues.computeIfAbsent(key, missing -> new Queue());
            queue.join(waiter, slot);
            count(waiter, 1);
            slot.cancelTimer = timers.after(delay, () -> due(key, slot));
        }
    }

    /** Removes {@code waiter} from its queue, and gives back the last reservation; false if it does not wait. */
    boolean leave(Waiter waiter) {
        Key key = Key.of(waiter.request());
        Slot last;
        synchronized (queues) {
            Queue queue = queues.get(key);
            if (queue == null || !queue.waiters.remove(waiter)) {
                return false;
            }
            count(waiter, -1);
            last = queue.slots.remove(queue.slots.size() - 1);
            dropIfEmpty(key, queue);
        }
        last.cancelTimer.run();
        giveBack.accept(last.reservation);
        return true;
    }

    /** Dissolves the queues for {@code scope}, or all for null; returns their waiters, in order. */
    List<Waiter> dissolve(@Nullable String scope) {
        List<Waiter> waiters = new ArrayList<>();
        List<Slot> slots = new ArrayList<>();
        synchronized (queues) {
            Iterator<Map.Entry<Key, Queue>> all = queues.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, Queue> queue = all.next();
                if (scope == null || queue.getKey().scopes().contains(scope)) {
                    waiters.addAll(queue.getValue().waiters);
                    slots.addAll(queue.getValue().slots);
                    all.remove();
                }
            }
            waiters.forEach(waiter -> count(waiter, -1));
        }
        for (Slot slot : slots) {
            slot.cancelTimer.run();
            giveBack.accept(slot.reservation);
        }
        return waiters;
    }

    int waiting() {
        return waiting;
    }

    /** The number of waiting background requests. */
    int inBackground() {
        return inBackground;
    }

    private void count(Waiter waiter, int change) {
        synchronized (queues) {
            waiting += change;
            inBackground += waiter.request().background() ? change : 0;
        }
    }

    /** Whether another request waits for the scopes of {@code request}. */
    boolean waitsFor(PermitRequest request) {
        if (waiting == 0) {
            return false;
        }
        synchronized (queues) {
            return queues.containsKey(Key.of(request));
        }
    }

    private void due(Key key, Slot slot) {
        Waiter first;
        synchronized (queues) {
            Queue queue = queues.get(key);
            if (queue == null || !queue.slots.remove(slot)) {
                return;
            }
            first = queue.waiters.remove(0);
            count(first, -1);
            dropIfEmpty(key, queue);
        }
        admit.accept(first, slot.reservation);
    }

    private void dropIfEmpty(Key key, Queue queue) {
        if (queue.waiters.isEmpty()) {
            queues.remove(key);
        }
    }
}
