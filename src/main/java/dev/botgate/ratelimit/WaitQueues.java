package dev.botgate.ratelimit;

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
    private final Map<Key, Line> lines = new HashMap<>();
    private volatile int waiting;
    private volatile int inBackground;

    /** What waiters of one line have in common. */
    private record Key(List<String> scopes) {
        static Key of(PermitRequest ask) {
            return new Key(ask.scopes().stream().map(Scope::key).toList());
        }
    }

    private static final class Line {
        final List<Waiter> waiters = new ArrayList<>();

        /** In order of time, as many as waiters. */
        final List<Moment> moments = new ArrayList<>();

        void join(Waiter waiter, Moment moment) {
            int own = moments.size();
            while (own > 0 && moments.get(own - 1).turn.sendAt() > moment.turn.sendAt()) {
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
                        && moments.get(place).turn.sendAt()
                                <= waiters.get(place - 1).deadline()) {
                    place--;
                }
                return place;
            }
            while (place > 0
                    && waiter.goesBefore(waiters.get(place - 1))
                    && moments.get(place).turn.sendAt()
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
            while (nearest > own && moments.get(nearest).turn.sendAt() > waiter.latest()) {
                nearest--;
            }
            return nearest;
        }
    }

    private static final class Moment {
        final Reservation turn;
        Runnable giveUp = () -> {};

        Moment(Reservation turn) {
            this.turn = turn;
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
    void join(Waiter waiter, Reservation turn, long delay) {
        Key key = Key.of(turn.request());
        Moment moment = new Moment(turn);
        synchronized (lines) {
            Line line = lines.computeIfAbsent(key, missing -> new Line());
            line.join(waiter, moment);
            count(waiter, 1);
            moment.giveUp = timers.after(delay, () -> come(key, moment));
        }
    }

    /** Takes {@code waiter} out of its line, and gives a moment back. */
    boolean leave(Waiter waiter) {
        Key key = Key.of(waiter.ask());
        Moment last;
        synchronized (lines) {
            Line line = lines.get(key);
            if (line == null || !line.waiters.remove(waiter)) {
                return false;
            }
            count(waiter, -1);
            last = line.moments.remove(line.moments.size() - 1);
            dropIfEmpty(key, line);
        }
        last.giveUp.run();
        giveBack.accept(last.turn);
        return true;
    }

    /** Dissolves the lines that stand before {@code scope}, or all for null; who stood there, in order. */
    List<Waiter> dissolve(@Nullable String scope) {
        List<Waiter> out = new ArrayList<>();
        List<Moment> moments = new ArrayList<>();
        synchronized (lines) {
            Iterator<Map.Entry<Key, Line>> all = lines.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, Line> line = all.next();
                if (scope == null || line.getKey().scopes().contains(scope)) {
                    out.addAll(line.getValue().waiters);
                    moments.addAll(line.getValue().moments);
                    all.remove();
                }
            }
            out.forEach(waiter -> count(waiter, -1));
        }
        for (Moment moment : moments) {
            moment.giveUp.run();
            giveBack.accept(moment.turn);
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
        synchronized (lines) {
            waiting += more;
            inBackground += waiter.ask().background() ? more : 0;
        }
    }

    /** Whether anybody waits for the same as {@code ask}. */
    boolean waitsFor(PermitRequest ask) {
        if (waiting == 0) {
            return false;
        }
        synchronized (lines) {
            return lines.containsKey(Key.of(ask));
        }
    }

    private void come(Key key, Moment moment) {
        Waiter first;
        synchronized (lines) {
            Line line = lines.get(key);
            if (line == null || !line.moments.remove(moment)) {
                return;
            }
            first = line.waiters.remove(0);
            count(first, -1);
            dropIfEmpty(key, line);
        }
        go.accept(first, moment.turn);
    }

    private void dropIfEmpty(Key key, Line line) {
        if (line.waiters.isEmpty()) {
            lines.remove(key);
        }
    }
}
