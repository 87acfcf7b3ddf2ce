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
 * Who waits, and for which moments.
 *
 * <p>Requests that ask for the same scopes stand in one line. A line has as many promised moments as waiters; a moment
 * goes to whoever stands first when it comes. So whoever leaves makes all behind it move up, and it is the line's last
 * moment that is given back. Background work stands behind all else, as far as none of it would come too late. Who can wait
 * for less than the end of its line, and has an earlier moment of its own, stands where it comes in time. Safe on any thread.
 */
final class WaitQueues {
    private final Timers timers;
    private final Consumer<Reservation> giveBack;
    private final BiConsumer<Waiter, Reservation> go;
    private final Map<Key, Queue> queues = new HashMap<>();
    private volatile int waiting;
    private volatile int inBackground;

    /** What waiters of one line have in common. */
    private record Key(List<String> scopes) {
        static Key of(PermitRequest request) {
            return new Key(request.scopes().stream().map(Scope::key).toList());
        }
    }

    private static final class Queue {
        final List<Waiter> waiters = new ArrayList<>();

        /** In order of time, as many as waiters. */
        final List<Moment> moments = new ArrayList<>();

        void join(Waiter waiter, Moment moment) {
            int own = moments.size();
            while (own > 0 && moments.get(own - 1).reservation.sendAt() > moment.reservation.sendAt()) {
                own--;
            }
            moments.add(own, moment);
            waiters.add(inTime(waiter, place(waiter), own), waiter);
        }

        /** Where {@code waiter} stands; who stands there or behind is served one moment later than it would have been. */
        private int place(Waiter waiter) {
            int place = waiters.size();
            if (waiter.before()) {
                while (place > 0
                        && !waiters.get(place - 1).before()
                        && moments.get(place).reservation.sendAt()
                                <= waiters.get(place - 1).deadline()) {
                    place--;
                }
                return place;
            }
            while (place > 0
                    && waiter.overtakes(waiters.get(place - 1))
                    && moments.get(place).reservation.sendAt()
                            <= waiters.get(place - 1).latest()) {
                place--;
            }
            return place;
        }

        /**
         * As near to {@code place} as {@code waiter} can wait, and no nearer to the first than the moment of its {@code own}:
         * whom it goes before keep the moments that they had.
         */
        private int inTime(Waiter waiter, int place, int own) {
            int nearest = place;
            while (nearest > own && moments.get(nearest).reservation.sendAt() > waiter.latest()) {
                nearest--;
            }
            return nearest;
        }
    }

    private static final class Moment {
        final Reservation reservation;
        Runnable giveUp = () -> {};

        Moment(Reservation reservation) {
            this.reservation = reservation;
        }
    }

    /**
     * @param giveBack told of moments that nobody waits for any more
     * @param go told of waiters whose moment has come, and of that, on any thread
     */
    WaitQueues(Timers timers, Consumer<Reservation> giveBack, BiConsumer<Waiter, Reservation> go) {
        this.timers = timers;
        this.giveBack = giveBack;
        this.go = go;
    }

    /** Lets {@code waiter} stand in its line, which gets one more moment, {@code delay} from now. */
    void join(Waiter waiter, Reservation reservation, long delay) {
        Key key = Key.of(reservation.request());
        Moment moment = new Moment(reservation);
        synchronized (queues) {
            Queue queue = queues.computeIfAbsent(key, missing -> new Queue());
            queue.join(waiter, moment);
            count(waiter, 1);
            moment.giveUp = timers.after(delay, () -> come(key, moment));
        }
    }

    /** Takes {@code waiter} out of its line, and gives a moment back. */
    boolean leave(Waiter waiter) {
        Key key = Key.of(waiter.request());
        Moment last;
        synchronized (queues) {
            Queue queue = queues.get(key);
            if (queue == null || !queue.waiters.remove(waiter)) {
                return false;
            }
            count(waiter, -1);
            last = queue.moments.remove(queue.moments.size() - 1);
            dropIfEmpty(key, queue);
        }
        last.giveUp.run();
        giveBack.accept(last.reservation);
        return true;
    }

    /** Dissolves the lines that stand before {@code scope}, or all for null; who stood there, in order. */
    List<Waiter> dissolve(@Nullable String scope) {
        List<Waiter> out = new ArrayList<>();
        List<Moment> moments = new ArrayList<>();
        synchronized (queues) {
            Iterator<Map.Entry<Key, Queue>> all = queues.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, Queue> queue = all.next();
                if (scope == null || queue.getKey().scopes().contains(scope)) {
                    out.addAll(queue.getValue().waiters);
                    moments.addAll(queue.getValue().moments);
                    all.remove();
                }
            }
            out.forEach(waiter -> count(waiter, -1));
        }
        for (Moment moment : moments) {
            moment.giveUp.run();
            giveBack.accept(moment.reservation);
        }
        return out;
    }

    int waiting() {
        return waiting;
    }

    /** How many of {@link #waiting} are background work. */
    int inBackground() {
        return inBackground;
    }

    private void count(Waiter waiter, int more) {
        synchronized (queues) {
            waiting += more;
            inBackground += waiter.request().background() ? more : 0;
        }
    }

    /** Whether anybody waits for the same as {@code request}. */
    boolean waitsFor(PermitRequest request) {
        if (waiting == 0) {
            return false;
        }
        synchronized (queues) {
            return queues.containsKey(Key.of(request));
        }
    }

    private void come(Key key, Moment moment) {
        Waiter first;
        synchronized (queues) {
            Queue queue = queues.get(key);
            if (queue == null || !queue.moments.remove(moment)) {
                return;
            }
            first = queue.waiters.remove(0);
            count(first, -1);
            dropIfEmpty(key, queue);
        }
        go.accept(first, moment.reservation);
    }

    private void dropIfEmpty(Key key, Queue queue) {
        if (queue.waiters.isEmpty()) {
            queues.remove(key);
        }
    }
}
